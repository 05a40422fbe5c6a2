//! What a purchase would cost, told to whoever is about to plan it.

use domain::money::Money;
use engine::remedy::Outlay as Known;

use crate::paths;
use crate::view::Tone;
use crate::view::admin::remedies::OutlaySheet;

pub(super) fn outlay(known: &Known) -> OutlaySheet {
    let paid = match known.tax.is_zero() {
        true => known.paid.for_people(),
        false => format!("{}, of it {} tax", known.paid.for_people(), known.tax.for_people()),
    };
    let or_unknown =
        |money: Option<Money>| money.map_or("not known".to_owned(), |money| money.for_people());
    let mut rows =
        vec![("The provider charges", or_unknown(known.cost)), ("The customer paid", paid)];
    if known.before.is_none_or(|before| !before.is_zero()) {
        rows.push(("Earlier purchases of the order", or_unknown(known.before)));
    }
    let balance = format!("not known: the API of {} does not tell it", known.provider);
    rows.push(("Balance at the provider", balance));
    let (tone, sum) = sum(known);
    OutlaySheet {
        what: format!("{} from {}", known.what, known.provider),
        rows,
        tone,
        sum,
        enter: known.cost.is_none().then_some(paths::STAFF_COSTS),
    }
}

/// What is left, in words.
fn sum(known: &Known) -> (Tone, String) {
    if known.cost.is_none() {
        let why = "No margin is told, because nobody has entered what this purchase costs";
        return (Tone::Warn, why.to_owned());
    }
    let Some(margin) = known.margin() else {
        let why = "No margin is told, because the two are in different currencies";
        return (Tone::Warn, why.to_owned());
    };
    let own = format!("Margin of this purchase, without tax: {}", told(margin));
    match (known.before, known.margin_of_all()) {
        (Some(before), _) if before.is_zero() => (tone(margin), own),
        (_, Some(all)) => (tone(all), format!("{own}. With the earlier ones: {}", told(all))),
        _ => (Tone::Warn, format!("{own}. What the earlier ones cost is not all known")),
    }
}

fn told(margin: Money) -> String {
    match margin.minor {
        ..0 => format!("{}, a loss", margin.for_people()),
        _ => margin.for_people(),
    }
}

fn tone(margin: Money) -> Tone {
    match margin.minor {
        ..0 => Tone::Bad,
        0 => Tone::Warn,
        1.. => Tone::Good,
    }
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;

    use super::*;

    fn known(cost: Option<i64>, before: Option<i64>) -> Known {
        let rupees = |major| Money::major(major, Currency::INR);
        Known {
            provider: "smartvps".into(),
            what: "103.181.91 with 8GB".into(),
            cost: cost.map(rupees),
            paid: rupees(1_180),
            tax: rupees(180),
            before: before.map(rupees),
        }
    }

    #[test]
    fn a_purchase_is_told_with_its_cost_and_its_margin() {
        let told = outlay(&known(Some(600), Some(0)));
        assert_eq!(told.rows[0], ("The provider charges", "₹600".to_owned()));
        assert_eq!(told.rows[1], ("The customer paid", "₹1,180, of it ₹180 tax".to_owned()));
        assert_eq!(told.sum, "Margin of this purchase, without tax: ₹400");
        assert_eq!((told.tone, told.enter), (Tone::Good, None));
    }

    #[test]
    fn a_loss_is_called_one_and_what_is_not_known_is_not_guessed() {
        let twice = outlay(&known(Some(600), Some(600)));
        assert!(twice.sum.ends_with("200, a loss"), "{}", twice.sum);
        assert_eq!(twice.tone, Tone::Bad);
        let unknown = outlay(&known(None, Some(0)));
        assert_eq!(unknown.rows[0].1, "not known");
        assert!(unknown.enter.is_some() && unknown.sum.starts_with("No margin"));
        let earlier = outlay(&known(Some(600), None));
        assert!(earlier.sum.ends_with("is not all known"), "{}", earlier.sum);
    }
}
