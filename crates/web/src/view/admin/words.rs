//! What the books keep as words and names, as staff read it: slugs of deeds and of alerts, states,
//! the particulars of what happened, and who did it. Stages and reasons of the list stand beside,
//! in `mod.rs`.

use std::collections::HashMap;

use domain::money::{Currency, Money};
use serde_json::{Map, Value};

/// A slug as a label: `order-stopped` is "Order stopped".
pub fn in_words(slug: &str) -> String {
    let mut words = String::with_capacity(slug.len() + 4);
    for (at, letter) in slug.chars().enumerate() {
        match letter {
            '-' | '_' => words.push(' '),
            letter if at == 0 => words.extend(letter.to_uppercase()),
            // Programs write `lastSync` where people write two words.
            letter if letter.is_ascii_uppercase() => {
                words.push(' ');
                words.push(letter.to_ascii_lowercase());
            }
            letter => words.push(letter),
        }
    }
    words
}

/// A state of a purchase, a server, a payment or a verdict; or what customers read of an order.
pub fn state_in_words(word: &str) -> String {
    let known = match word {
        "permitted" => "asked, no answer yet",
        "rejected" => "refused, nothing bought",
        "not_sent" => "never sent",
        "parked" => "given up unheard",
        "denied" => "bought nothing, a person says",
        "verifying" => "being checked",
        "quarantined" => "in quarantine",
        "lapsed" => "lapsed at the provider",
        "match" => "matches",
        "mismatch" => "does not match",
        "unobservable" => "cannot be compared",
        "captured" => "came in",
        "none" => "not begun",
        "unknown_outcome" => "outcome unknown",
        "partly_refunded" => "refunded in part",
        other => return other.replace(['_', '-'], " "),
    };
    known.to_owned()
}

/// An account of the ledger.
pub fn account_in_words(account: &str) -> String {
    let (kind, of) = account.split_once(':').unwrap_or((account, ""));
    let known = match kind {
        "gateway" => format!("Money at {of}"),
        "prepaid" => "Paid in advance for this order".to_owned(),
        "owed" => "Owed to the customer".to_owned(),
        "wallet" => "The customer's wallet".to_owned(),
        "revenue" => "Sales".to_owned(),
        "tax" => format!("Tax ({})", state_in_words(of)),
        "supplier" => format!("Owed to {of}"),
        "upstream" => format!("Servers bought from {of}"),
        "stray" => "Servers in quarantine".to_owned(),
        "loss" => "Losses".to_owned(),
        "fees" => "Fees of gateways".to_owned(),
        "disputes" => "Taken back by payers' banks".to_owned(),
        other => in_words(other),
    };
    known.trim_end().to_owned()
}

/// Why the ledger has an entry.
pub fn cause_in_words(cause: &str) -> String {
    let mut parts = cause.split(':');
    let known = match parts.next().unwrap_or_default() {
        "capture" => return came_in(parts.next(), parts.next()),
        "fee" => "The gateway's fee",
        "delivered" => "Delivered: it is sold",
        "bought" => "A server was bought",
        "stray" => "A server went into quarantine",
        "salvaged" => "A server left the quarantine for somebody",
        "lost" => "A server was given up",
        "goodwill" => "Time for nothing",
        "refund" => "Money back was decided",
        "returned" => "Money went back",
        "came-back" => "Money came back to us",
        "dispute" => "The payer's bank took it back",
        "dispute-won" => "A dispute was won",
        other => return in_words(other),
    };
    known.to_owned()
}

fn came_in(gateway: Option<&str>, transaction: Option<&str>) -> String {
    let (gateway, transaction) = (gateway.unwrap_or_default(), transaction.unwrap_or_default());
    format!("A payment came in: {gateway} {transaction}").trim_end().to_owned()
}

/// Who did something: staff and customers by their mail addresses, and the shop itself by its name.
pub fn by_whom(actor: &str, people: &HashMap<String, String>, customer: &str) -> String {
    match (people.get(actor), actor) {
        (Some(email), _) if actor == customer => format!("{email} (customer)"),
        (Some(email), _) => email.clone(),
        (None, "worker") => "Berth".to_owned(),
        (None, "gateway") => "Gateway".to_owned(),
        (None, other) => other.to_owned(),
    }
}

/// What is kept with an event, without the reason: that stands beside what happened.
pub fn particulars(data: &str) -> String {
    let Ok(Value::Object(told)) = serde_json::from_str(data) else { return String::new() };
    let parts = told.iter().filter_map(|(name, value)| particular(name, value, &told));
    parts.collect::<Vec<String>>().join(", ")
}

fn particular(name: &str, value: &Value, all: &Map<String, Value>) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => String::new(),
        _ => return None,
    };
    Some(match name {
        // It is told already, or with the amount.
        "reason" | "currency" => return None,
        "permit" => format!("permit {text}"),
        "claim" => format!("claim {text} of its work"),
        "reading" => format!("by the provider's list no. {text}"),
        "stock" => format!("{text} left then"),
        "toWallet" => "as credit".to_owned(),
        "amount" => amount(value, all)?,
        name => format!("{} {text}", state_in_words(name)).trim_end().to_owned(),
    })
}

fn amount(value: &Value, all: &Map<String, Value>) -> Option<String> {
    let currency = Currency::parse(all.get("currency")?.as_str()?).ok()?;
    Some(Money::new(value.as_i64()?, currency).for_people())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_read_as_words() {
        assert_eq!(in_words("end-sessions-of-customer"), "End sessions of customer");
        assert_eq!(in_words("low-stock-5"), "Low stock 5");
        assert_eq!(in_words("reEnabled"), "Re enabled");
        assert_eq!(in_words("master_key"), "Master key");
        assert_eq!(in_words(""), "");
    }

    #[test]
    fn a_state_is_told_without_the_marks_of_a_program() {
        for word in ["partly_refunded", "needs_review", "unknown_outcome", "by-hand", "paid"] {
            assert!(!state_in_words(word).contains(['_', '-']), "{word}");
        }
        assert_eq!(state_in_words("provisioning_failed"), "provisioning failed");
    }

    #[test]
    fn the_ledger_is_told_in_words() {
        assert_eq!(account_in_words("prepaid:ord_1"), "Paid in advance for this order");
        assert_eq!(account_in_words("supplier:smartvps"), "Owed to smartvps");
        assert_eq!([account_in_words("bank"), account_in_words("goodwill")], ["Bank", "Goodwill"]);
        assert_eq!(cause_in_words("capture:cashfree:c_1:2"), "A payment came in: cashfree c_1");
        assert_eq!(cause_in_words("came-back:ref_1"), "Money came back to us");
        assert_eq!(cause_in_words("some_thing:x"), "Some thing");
    }

    #[test]
    fn whoever_did_it_is_called_by_name() {
        let people = [("acc_1", "ada@example.com"), ("acc_2", "sue@example.com")];
        let people = people.map(|(id, email)| (id.to_owned(), email.to_owned())).into();
        let by = |actor: &str| by_whom(actor, &people, "acc_1");
        assert_eq!(by("acc_1"), "ada@example.com (customer)");
        assert_eq!(by("acc_2"), "sue@example.com");
        assert_eq!([by("worker"), by("gateway")], ["Berth", "Gateway"]);
    }

    #[test]
    fn what_is_kept_of_an_event_is_told_in_words() {
        let told = particulars(r#"{"permit":"att_1","claim":3,"reading":7,"stock":12}"#);
        let mut parts: Vec<&str> = told.split(", ").collect();
        parts.sort_unstable();
        let expected =
            ["12 left then", "by the provider's list no. 7", "claim 3 of its work", "permit att_1"];
        assert_eq!(parts, expected);
        let money = r#"{"refund":"ref_1","amount":99900,"currency":"INR","toWallet":true}"#;
        let told = particulars(money);
        assert!(told.contains("₹999") && told.contains("as credit"), "{told}");
        let nothing = r#"{"reason":"wrong block","coupon":null,"toWallet":false}"#;
        assert_eq!([particulars("{}"), particulars(nothing)], ["", ""]);
    }
}
