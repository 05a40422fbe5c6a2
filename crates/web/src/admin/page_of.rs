//! What an alert or a row of the audit is about, as people call it, and the page that shows it.

use std::collections::HashMap;

use domain::id::{AccountId, OrderId, ProductId};
use engine::mail::MailId;
use engine::permission::Act;

use crate::paths;
use crate::view::Frame;
use crate::view::admin::About;

/// What is about no row of its own is shown where such things are looked after: the kinds of
/// alerts and the words for deeds, the page, and what it asks.
const PAGES: [(&[&str], &str, Act); 10] = [
    (
        &["sync-failing", "sync-brake", "packages-new", "entries-unavailable", "approve-sync"],
        paths::STAFF_STOCK,
        Act::SeeCatalogue,
    ),
    (
        &[
            "provider-paused",
            "loss-budget",
            "purchases-failing",
            "pause-provider",
            "resume-provider",
            "resume-purchasing",
            "add-provider",
            "change-provider",
            "try-provider",
        ],
        paths::STAFF_PROVIDERS,
        Act::SeeWork,
    ),
    (&["webhook-silence", "try-gateway"], paths::STAFF_GATEWAYS, Act::SeeWork),
    (&["stray", "quarantine"], paths::STAFF_QUARANTINE, Act::SeeWork),
    (&["mail-stuck"], paths::STAFF_MAILS, Act::SeeWork),
    (
        &["notice-unsent", "test-alert-target", "silence-alerts", "end-silence", "settle-alert"],
        paths::STAFF_ALERTS,
        Act::SeeWork,
    ),
    (
        &[
            "selling-stopped",
            "selling-stop",
            "selling-start",
            "latched",
            "latch",
            "unlatch",
            "queue-behind",
        ],
        paths::STAFF,
        Act::SeeWork,
    ),
    (
        &["set-brand", "set-logo", "remove-logo", "set-legal-text"],
        paths::STAFF_BRAND,
        Act::ManageShop,
    ),
    (&["make-coupon", "change-coupon"], paths::STAFF_COUPONS, Act::SeeCoupons),
    (&["set-mail-text", "reset-mail-text"], paths::STAFF_MAIL_TEXTS, Act::ManageShop),
];

/// Deeds among staff, which their own list shows and no customer's page.
const OF_STAFF: [&str; 2] = ["invite-staff", "change-role"];

/// Deeds and alerts whose subject is the number of a mail.
const OF_MAILS: [&str; 3] = ["mail-refused", "mail-failed", "send-mail-again"];

/// What `subject` is called and where it is shown, by its id, or else by the kind of the alert or
/// the word for the deed. `names` are those of the whole page. There is no link for whoever may
/// not open it.
pub(super) fn page_of(
    what: &str,
    subject: &str,
    names: &HashMap<String, String>,
    frame: &Frame,
) -> About {
    let name = names.get(subject).map(String::as_str);
    let page = by_id(what, subject, name).or_else(|| by_kind(what));
    let page = page.filter(|(_, asks)| frame.may(*asks));
    let name = name.or_else(|| thing(subject)).unwrap_or(subject);
    About { name: name.to_owned(), url: page.map(|(url, _)| url) }
}

fn by_id(what: &str, subject: &str, name: Option<&str>) -> Option<(String, Act)> {
    if let Ok(order) = OrderId::parse(subject) {
        return Some((paths::staff_order(&order), Act::SeeAllOrders));
    }
    if let Ok(account) = AccountId::parse(subject) {
        return Some(match OF_STAFF.contains(&what) {
            true => (paths::STAFF_PEOPLE.to_owned(), Act::ManageAccounts),
            false => (paths::staff_customer(&account), Act::SeeAllOrders),
        });
    }
    if let Ok(product) = ProductId::parse(subject) {
        return Some((paths::staff_product(&product), Act::SeeCatalogue));
    }
    if OF_MAILS.contains(&what) {
        return Some((paths::staff_mail(MailId::parse(subject)?), Act::SeeWork));
    }
    // A server that was sold is looked for by its address; a stray one is in quarantine.
    let address = name.filter(|_| subject.starts_with("srv_") && what != "stray")?;
    Some((paths::staff_orders_of(address), Act::SeeAllOrders))
}

fn by_kind(what: &str) -> Option<(String, Act)> {
    let (_, url, asks) = PAGES.iter().find(|(kinds, ..)| kinds.contains(&what))?;
    Some(((*url).to_owned(), *asks))
}

/// What an id is of, where nobody has read its name.
fn thing(subject: &str) -> Option<&'static str> {
    let (prefix, _) = subject.split_once('_')?;
    Some(match prefix {
        "ord" => "the order",
        "acc" => "the customer",
        "prd" => "the product",
        "srv" => "the server",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use engine::permission::Role;

    use super::*;
    use crate::view::{Here, Powers};

    #[test]
    fn whatever_an_alert_is_about_leads_to_its_page() {
        let frame = Frame::staff_sample("", Here::StaffAlerts);
        let id = |prefix: &str| format!("{prefix}_01J9ZQ4V7M8N2K6T3B5C7D9E1F");
        let names = [("ord", "ORD-7KQ2MX4TBN"), ("srv", "103.181.91.7")];
        let names = names.map(|(prefix, name)| (id(prefix), name.to_owned())).into();
        for (what, subject, name, url) in [
            ("unheard", id("ord"), "ORD-7KQ2MX4TBN", format!("/admin/orders/{}", id("ord"))),
            ("disputed", id("acc"), "the customer", format!("/admin/customers/{}", id("acc"))),
            ("change-role", id("acc"), "the customer", "/admin/staff".into()),
            ("low-stock-5", id("prd"), "the product", format!("/admin/ipStock/{}", id("prd"))),
            ("lapse", id("srv"), "103.181.91.7", "/admin/orders?q=103.181.91.7".into()),
            ("stray", id("srv"), "103.181.91.7", "/admin/quarantine".into()),
            ("sync-failing", "smartvps".into(), "smartvps", "/admin/ipStock".into()),
            ("provider-paused", "smartvps".into(), "smartvps", "/admin/providers".into()),
            ("webhook-silence", "razorpay".into(), "razorpay", "/admin/gateways".into()),
            ("mail-refused", "17".into(), "17", "/admin/mails/17".into()),
            ("make-coupon", "TEN".into(), "TEN", "/admin/coupons".into()),
        ] {
            let about = page_of(what, &subject, &names, &frame);
            assert_eq!((about.name.as_str(), about.url), (name, Some(url)), "{what}");
        }
        assert_eq!(page_of("sign-in", &id("ses"), &names, &frame).url, None);
    }

    #[test]
    fn nobody_is_led_where_they_may_not_go() {
        let mut frame = Frame::staff_sample("", Here::StaffAlerts);
        frame.signed_in.iter_mut().for_each(|person| person.powers = Powers::of(Role::Support));
        assert_eq!(page_of("set-brand", "shop", &HashMap::new(), &frame).url, None);
    }
}
