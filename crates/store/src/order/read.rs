//! Rows into orders, strictly: an unknown word or an impossible mix of columns is an error.

use domain::block::Cidr;
use domain::gst::Place;
use domain::id::{AccountId, AttemptId, OrderId, PackageId, ProductId, ServerId};
use domain::money::{Currency, Money};
use domain::order::{Sold, Stage, Standing, Terms};
use domain::os::Os;
use domain::package::{Pid, Ram};
use domain::quote::Quote;
use domain::tax::{Kind, Mode, Rate, Tax};

use super::Order;
use crate::db::{Result, Row, StoreError};

pub(crate) fn order_id(text: &str) -> Result<OrderId> {
    OrderId::parse(text).map_err(|error| inconsistent("order", error))
}

pub(crate) fn inconsistent(what: &'static str, why: impl ToString) -> StoreError {
    StoreError::Inconsistent { what, why: why.to_string() }
}

pub(crate) fn cidrs_text(cidrs: &[Cidr]) -> String {
    cidrs.iter().map(Cidr::to_string).collect::<Vec<_>>().join(" ")
}

pub(crate) fn read_cidrs(text: &str) -> Result<Vec<Cidr>> {
    text.split_whitespace()
        .map(|cidr| Cidr::parse(cidr).map_err(|error| inconsistent("terms", error)))
        .collect()
}

pub(crate) fn read_ram(gb: i64) -> Result<Ram> {
    u16::try_from(gb).map(Ram::gb).map_err(|_| inconsistent("terms", format!("memory of {gb} GB")))
}

pub(crate) fn read_os(code: Option<&str>) -> Result<Option<Os>> {
    code.map(|code| Os::parse(code).map_err(|error| inconsistent("terms", error))).transpose()
}

pub(crate) fn read_currency(code: &str) -> Result<Currency> {
    Currency::parse(code).map_err(|error| inconsistent("terms", error))
}

/// Terms stand in seven columns, always in this order.
pub(crate) fn read_terms(row: &Row, at: usize) -> Result<Terms> {
    let package = PackageId::parse(row.text(at + 1)?).map_err(|e| inconsistent("terms", e))?;
    let pid = Pid::new(row.text(at + 2)?).ok_or_else(|| inconsistent("terms", "no PID"))?;
    Ok(Terms {
        provider: row.text(at)?.into(),
        package,
        pid,
        package_name: row.text(at + 3)?.into(),
        cidrs: read_cidrs(row.text(at + 4)?)?,
        ram: read_ram(row.int(at + 5)?)?,
        os: read_os(row.opt_text(at + 6)?)?,
    })
}

fn read_standing(row: &Row) -> Result<Standing> {
    let attempt = row.opt_text(5)?.map(AttemptId::parse).transpose();
    let server = row.opt_text(6)?.map(ServerId::parse).transpose();
    let (attempt, server) = (
        attempt.map_err(|error| inconsistent("order", error))?,
        server.map_err(|error| inconsistent("order", error))?,
    );
    let word = row.text(4)?;
    let stop = row.opt_text(7)?;
    let id = row.text(0)?;
    let stage = Stage::read(word, attempt, server, stop).ok_or_else(|| {
        inconsistent("order", format!("{id}: stage {word:?} with stop {stop:?} and its slot"))
    })?;
    let replaces = row.opt_text(8)?.map(ServerId::parse).transpose();
    Ok(Standing {
        stage,
        replaces: replaces.map_err(|error| inconsistent("order", error))?,
        again: row.flag(9)?,
        late: row.flag(10)?,
    })
}

/// What a quote is made of stands in ten columns, always in this order.
fn read_quote(row: &Row, at: usize, total: Money) -> Result<Quote> {
    let bad = |what: &str, word: &str| inconsistent("order", format!("{what} {word:?}"));
    let money = |minor: i64| Money::new(minor, total.currency);
    let (rate, mode, kind) = (row.int(at + 4)?, row.text(at + 5)?, row.text(at + 6)?);
    let rate = u32::try_from(rate).ok().and_then(Rate::basis_points);
    let place = row.opt_text(at + 7)?;
    let place = place.map(|text| Place::parse(text).ok_or_else(|| bad("place", text))).transpose();
    Ok(Quote {
        price: money(row.int(at)?),
        setup: money(row.int(at + 1)?),
        discount: money(row.int(at + 2)?),
        coupon: row.opt_text(at + 3)?.map(Into::into),
        tax: Tax {
            rate: rate.ok_or_else(|| inconsistent("order", "a tax rate above 100 %"))?,
            mode: Mode::parse(mode).ok_or_else(|| bad("tax mode", mode))?,
            kind: Kind::parse(kind).ok_or_else(|| bad("tax kind", kind))?,
            place: place?,
        },
        taxes: money(row.int(at + 8)?),
        rounding: money(row.int(at + 9)?),
        total,
    })
}

pub(crate) fn read(row: &Row) -> Result<Order> {
    let currency = read_currency(row.text(21)?)?;
    let bad = |error: domain::id::NotAnId| inconsistent("order", error);
    Ok(Order {
        id: order_id(row.text(0)?)?,
        number: row.text(1)?.into(),
        account: AccountId::parse(row.text(2)?).map_err(bad)?,
        version: row.int(3)?,
        standing: read_standing(row)?,
        sold: Sold {
            terms: read_terms(row, 13)?,
            product: ProductId::parse(row.text(11)?).map_err(bad)?,
            product_name: row.text(12)?.into(),
            quote: read_quote(row, 33, Money::new(row.int(20)?, currency))?,
            cost: row.opt_int(22)?.map(|minor| Money::new(minor, currency)),
            days: row.int(23)?,
        },
        amendments: row.int(24)?,
        created_at: row.time(25)?,
        reserved_until: row.time(26)?,
        paid_at: row.opt_time(27)?,
        delivered_at: row.opt_time(28)?,
        sold_until: row.opt_time(29)?,
        error: row.opt_text(30)?.map(Into::into),
        public_error: row.opt_text(31)?.map(Into::into),
        offered_at: row.opt_time(32)?,
    })
}
