//! Coupons: the list with their uses, a new one, and ending one. Changing one is for programs.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use domain::coupon::{self, Coupon, Kind};
use domain::id::ProductId;
use engine::Error;
use engine::coupon::{CouponWish, KindWish};
use engine::permission::Act;
use serde::Deserialize;

use super::fault::words;
use super::orders::read_money;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At, Named};
use crate::page::{self, Around, Behind, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::coupons::{Coupons, New, Row, kinds};
use crate::view::{Choice, Field, Frame, Here, Said, Tone};

/// So many stand on one page.
const PAGE: i64 = 100;
/// So many products can be chosen from; for several at once there is the API.
const PRODUCTS_MAX: i64 = 500;

/// `/admin/coupons`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let after = which.after.as_deref().unwrap_or_default();
    page::show(&shelf(&shop, &around, &me, after).await?)
}

async fn shelf(shop: &Shop, around: &Around, me: &Me, after: &str) -> Result<Coupons, Problem> {
    let part = shop.engine().coupons(after, PAGE).await?;
    let frame = around.frame(shop, "Coupons", Here::StaffCoupons);
    let may_change = me.may(Act::ManageCoupons);
    let next = part.next.map(|next| paths::with_query(paths::STAFF_COUPONS, [("after", &*next)]));
    let rows = part.items.iter().map(|(coupon, uses)| row(coupon, *uses, may_change, &frame));
    let rows: Vec<Row> = rows.collect();
    let new = if may_change { Some(new(shop, rows.is_empty()).await?) } else { None };
    Ok(Coupons { rows, next, new, refused: None, frame })
}

async fn new(shop: &Shop, is_open: bool) -> Result<New, Problem> {
    let products = shop.engine().product_names(PRODUCTS_MAX).await?;
    let choice = |(id, name): &(ProductId, String)| Choice::of(id.as_str(), name);
    Ok(New {
        kinds: kinds("percent"),
        currency: shop.engine().settings().currency.code().to_owned(),
        products: products.iter().map(choice).collect(),
        is_open,
        ..New::default()
    })
}

fn row(coupon: &Coupon, uses: i64, may_change: bool, frame: &Frame) -> Row {
    let ended = coupon.stopped || coupon.ends_at.is_some_and(|end| end <= frame.now);
    let used_up = coupon.uses_max.is_some_and(|most| uses >= most);
    let early = coupon.starts_at.is_some_and(|start| frame.now < start);
    let state = match (ended, used_up, early) {
        (true, ..) => Badge::of(Tone::Plain, "ended"),
        (_, true, _) => Badge::of(Tone::Plain, "used up"),
        (_, _, true) => Badge::of(Tone::Sea, "not yet"),
        _ => Badge::of(Tone::Good, "active"),
    };
    let day = |at| frame.day(at).text;
    let time = match (coupon.starts_at.map(day), coupon.ends_at.map(day)) {
        (None, None) => "always".to_owned(),
        (Some(start), None) => format!("from {start}"),
        (None, Some(end)) => format!("until {end}"),
        (Some(start), Some(end)) => format!("{start} to {end}"),
    };
    let most = coupon.uses_max.map(|most| format!(" of {most}")).unwrap_or_default();
    let each = coupon.uses_each_max.map(|each| format!(", {each} each")).unwrap_or_default();
    Row {
        code: coupon.code.clone(),
        version: coupon.version,
        worth: match coupon.kind {
            Kind::Percent(of) => format!("{of} %"),
            Kind::Amount(money) => money.for_people(),
            Kind::Free => "everything".to_owned(),
        },
        state,
        time,
        uses: format!("{uses}{most}{each}"),
        products: match coupon.products.len() {
            0 => "all products".to_owned(),
            1 => "1 product".to_owned(),
            many => format!("{many} products"),
        },
        product: match &coupon.products[..] {
            [one] => Some(paths::staff_product(one)),
            _ => None,
        },
        note: coupon.note.clone(),
        order: coupon.given.as_ref().map(|given| given.order.to_string()),
        may_end: may_change && !ended,
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wished {
    code: String,
    kind: String,
    value: String,
    starts: String,
    ends: String,
    uses_max: String,
    uses_each_max: String,
    product: String,
    note: String,
}

impl Wished {
    /// A refusal begins with the field that it is about.
    fn wish(&self, shop: &Shop) -> Result<CouponWish, Error> {
        let wrong = |text: &str| Error::invalid("invalid-coupon", text);
        let kind = match self.kind.as_str() {
            "free" => KindWish::Free,
            "amount" => {
                let money = read_money(&self.value, shop.engine().settings().currency);
                KindWish::Amount(money.ok_or_else(|| wrong("amount: write it like 50 or 49.50"))?)
            }
            _ => KindWish::Percent(
                self.value.trim().parse().map_err(|_| wrong("percent: a whole number"))?,
            ),
        };
        let count = |text: &str, field: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| wrong(&format!("{field}: a whole number"))),
        };
        let day = |text: &str, field: &str, clock: &str| match text.trim() {
            "" => Ok(None),
            day => Timestamp::parse(&format!("{day}T{clock}Z"))
                .map(Some)
                .ok_or_else(|| wrong(&format!("{field}: write the day like 2026-12-21"))),
        };
        let product = Some(self.product.trim()).filter(|text| !text.is_empty());
        let product = product.map(ProductId::parse).transpose();
        Ok(CouponWish {
            code: self.code.clone(),
            kind,
            starts_at: day(&self.starts, "startsAt", "00:00:00")?,
            ends_at: day(&self.ends, "endsAt", "23:59:59")?,
            uses_max: count(&self.uses_max, "usesMax")?,
            uses_each_max: count(&self.uses_each_max, "usesEachMax")?,
            products: product.map_err(|_| wrong("products: choose one"))?.into_iter().collect(),
            stopped: false,
            note: self.note.clone(),
        })
    }

    /// The form again, with what was wrong beside its field.
    fn refused(&self, form: New, error: &Error) -> New {
        let mut form = New {
            code: Field::of(&self.code),
            kinds: kinds(&self.kind),
            value: Field::of(&self.value),
            starts: Field::of(&self.starts),
            ends: Field::of(&self.ends),
            uses_max: Field::of(&self.uses_max),
            uses_each_max: Field::of(&self.uses_each_max),
            note: Field::of(&self.note),
            is_open: true,
            ..form
        };
        form.products.iter_mut().for_each(|choice| choice.chosen = choice.value == self.product);
        let text = error.to_string();
        let (field, rest) = text.split_once(": ").unwrap_or(("", &text));
        let said = Some(format!("{}.", sentence(rest)));
        match (field, error) {
            ("code", _) | (_, Error::Refused { slug: "coupon-exists", .. }) => {
                form.code.error = said;
            }
            ("percent" | "amount", _) => form.value.error = said,
            ("startsAt", _) => form.starts.error = said,
            ("endsAt", _) => form.ends.error = said,
            ("usesMax" | "uses", _) => form.uses_max.error = said,
            ("usesEachMax", _) => form.uses_each_max.error = said,
            _ => form.refused = Some(words(error)),
        }
        form
    }
}

pub(crate) async fn make(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(wished): Posted<Wished>,
) -> Result<Response, Problem> {
    let made = async {
        let wish = wished.wish(&shop)?;
        shop.engine().make_coupon(wish, me.actor()).await
    };
    match made.await {
        Ok(_) => Ok(page::on_to_say(paths::STAFF_COUPONS, Said::Done)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            let mut page = shelf(&shop, &around, &me, "").await?;
            page.new = page.new.map(|form| wished.refused(form, &error));
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// A coupon's code in an address.
pub(crate) struct Code(String);

impl Named for Code {
    const WHAT: &'static str = "coupon";

    fn named(text: &str) -> Option<Code> {
        coupon::code(text).map(Code)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Ending {
    version: i64,
}

pub(crate) async fn end(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(Code(code)): At<Code>,
    Posted(Ending { version }): Posted<Ending>,
) -> Result<Response, Problem> {
    match shop.engine().stop_coupon(&code, version, me.actor()).await {
        Ok(_) => Ok(page::on_to_say(paths::STAFF_COUPONS, Said::Done)),
        Err(error @ Error::Refused { .. }) => {
            let refused = Some(words(&error));
            let page = Coupons { refused, ..shelf(&shop, &around, &me, "").await? };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}
