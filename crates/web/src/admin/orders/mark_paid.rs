//! Money that came outside any gateway: booked once per reference, never rounded away.

use axum::extract::State;
use axum::response::Response;
use domain::money::{Currency, Money};
use engine::Error;
use engine::pay::Receipt;
use serde::Deserialize;

use super::show::put_together;
use crate::admin::fault::words;
use crate::api::at::Any;
use crate::app::Shop;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::orders::MarkPaid;
use crate::view::{Field, Said};

#[derive(Debug, Deserialize)]
pub(crate) struct Received {
    amount: String,
    currency: String,
    reference: String,
}

pub(crate) async fn mark_paid(
    State(shop): State<Shop>,
    around: Around,
    Any { id, me }: Any,
    Posted(received): Posted<Received>,
) -> Result<Response, Problem> {
    let booked = async {
        let currency = Currency::parse(&received.currency)
            .map_err(|error| Error::invalid("wrong-currency", error.to_string()))?;
        let amount = read(&received.amount, currency).ok_or_else(|| {
            Error::invalid("invalid-amount", "write the amount like 999 or 999.50")
        })?;
        let receipt = Receipt { amount, reference: received.reference.clone() };
        shop.engine().mark_paid(&id, receipt, me.actor()).await
    };
    let error = match booked.await {
        Ok(_) => return Ok(page::on_to_say(&paths::staff_order(&id), Said::MarkedPaid)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let all = shop.engine().admin_order(&id).await?;
    let mut page = put_together(&shop, &around, &me, &all).await?;
    let text = words(&error);
    page.mark_paid = Some(refused(&received, all.view.amount, &error, text));
    page::show_refused(error, &page)
}

/// The form again, with what was wrong beside its field.
fn refused(received: &Received, due: Money, error: &Error, text: String) -> MarkPaid {
    let mut form = MarkPaid {
        due: due.for_people(),
        currency: due.currency.code().to_owned(),
        amount: Field::of(&received.amount),
        reference: Field::of(&received.reference),
        refused: None,
    };
    match error {
        Error::Invalid { slug: "invalid-amount" | "too-little" | "wrong-currency", .. } => {
            form.amount.error = Some(text);
        }
        Error::Invalid { slug: "invalid-reference", .. }
        | Error::Refused { slug: "reference-used", .. } => form.reference.error = Some(text),
        _ => form.refused = Some(text),
    }
    form
}

/// Reads what people type: `999`, `1,499.50`. More decimals than the currency has are refused.
pub(crate) fn read(text: &str, currency: Currency) -> Option<Money> {
    let text: String = text.trim().chars().filter(|letter| *letter != ',').collect();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = usize::try_from(currency.decimals()).ok()?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > decimals || !digits(whole) || !digits(part) {
        return None;
    }
    let minor: i64 = format!("{whole}{part:0<decimals$}").parse().ok()?;
    (minor > 0).then(|| Money::new(minor, currency))
}

/// An amount as it is typed: `999`, `1499.50`.
pub(in crate::admin) fn plain(money: Money) -> String {
    let text = money.to_string();
    let number = text.split(' ').next().unwrap_or_default();
    number.strip_suffix(".00").unwrap_or(number).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_people_write_it() {
        let minor = |text| read(text, Currency::INR).map(|money| money.minor);
        for (text, expected) in
            [("999", 99_900), (" 1,499.50 ", 149_950), ("0.5", 50), ("12.", 1_200)]
        {
            assert_eq!(minor(text), Some(expected), "{text}");
        }
        for wrong in ["", "0", "-5", "1.234", "1e3", "₹999", ".5", "99999999999999999999"] {
            assert_eq!(minor(wrong), None, "{wrong}");
        }
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(read("500", yen).map(|money| money.minor), Some(500));
        assert_eq!(read("500.5", yen), None);
    }

    #[test]
    fn an_amount_that_is_offered_reads_back() {
        for minor in [99_900, 149_950, 5] {
            let money = Money::new(minor, Currency::INR);
            assert_eq!(read(&plain(money), Currency::INR), Some(money));
        }
    }
}
