//! Every address that pages lead to, once. Addresses of the API stand with its handlers.

use domain::id::{AccountId, CheckoutId, OrderId, PaperId, ProductId, ServerId};
use engine::brand::Legal;
use engine::mail::MailId;

pub const SHOP: &str = "/";
pub const CART: &str = "/cart";
pub const LOGIN: &str = "/login";
pub const MY_SERVERS: &str = "/my-servers";
pub const FORGOT: &str = "/forgot";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_KEYS: &str = "/account/keys";
pub const ACCOUNT_BILLING: &str = "/account/billing";
pub const WALLET: &str = "/account/wallet";
pub const ACCOUNT_PAPERS: &str = "/account/papers";
pub const ACCOUNT_STATEMENT: &str = "/account/statement";
pub const STAFF: &str = "/admin";
pub const STAFF_ATTENTION: &str = "/admin/attention";
pub const STAFF_INVESTIGATION: &str = "/admin/investigation";
pub const STAFF_ORDERS: &str = "/admin/orders";
pub const STAFF_ORDERS_TABLE: &str = "/admin/orders.csv";
pub const STAFF_AUDIT: &str = "/admin/audit";
pub const STAFF_CUSTOMERS: &str = "/admin/customers";
pub const STAFF_PEOPLE: &str = "/admin/staff";
pub const STAFF_STOCK: &str = "/admin/ipStock";
pub const STAFF_BY_HAND: &str = "/admin/byHand";
pub const STAFF_LOW_STOCK: &str = "/admin/ipStock?show=low";
pub const STAFF_PROVIDERS: &str = "/admin/providers";
pub const STAFF_GATEWAYS: &str = "/admin/gateways";
pub const STAFF_PAYMENTS: &str = "/admin/payments";
pub const STAFF_QUARANTINE: &str = "/admin/quarantine";
pub const STAFF_ALERTS: &str = "/admin/alerts";
pub const STAFF_SILENCE: &str = "/admin/alerts/silence";
pub const STAFF_MAILS: &str = "/admin/mails";
pub const STAFF_COUPONS: &str = "/admin/coupons";
pub const STAFF_PROFIT: &str = "/admin/profit";
pub const STAFF_MAIL_TEXTS: &str = "/admin/mails/texts";
pub const STAFF_BOOKS: &str = "/admin/books";
pub const STAFF_COSTS: &str = "/admin/costs";
pub const STAFF_SHOP: &str = "/admin/shop";
pub const STAFF_BRAND: &str = "/admin/brand";
pub const STAFF_SETTINGS: &str = "/admin/settings";
pub const STAFF_PAPERS: &str = "/admin/papers";
pub const DEMO: &str = "/demo";

/// An address is read, not studied.
const SLUG_MAX: usize = 60;

/// Signing in, and then on to where somebody wanted to go.
pub fn login(next: impl AsRef<str>) -> String {
    with_next(LOGIN, next.as_ref())
}

/// The second step.
pub fn login_code(next: &str) -> String {
    with_next("/login/code", next)
}

pub fn signup(next: impl AsRef<str>) -> String {
    with_next("/signup", next.as_ref())
}

/// The link that proves an address.
pub fn verify(token: &str) -> String {
    format!("/verify?token={token}")
}

/// The link that sets a new password.
pub fn reset(token: &str) -> String {
    format!("/reset?token={token}")
}

pub fn order(id: &OrderId) -> String {
    format!("/orders/{id}")
}

/// What was ordered together.
pub fn checkout_page(id: &CheckoutId) -> String {
    format!("/checkouts/{id}")
}

/// The invoice of an order, once it has one.
pub fn invoice(id: &OrderId) -> String {
    format!("/orders/{id}/invoice")
}

pub fn receipt_pdf(order: &OrderId, number: usize) -> String {
    format!("/orders/{order}/receipts/{number}/pdf")
}

pub fn paper(id: &PaperId) -> String {
    format!("/papers/{id}")
}

pub fn paper_pdf(id: &PaperId) -> String {
    format!("/papers/{id}/pdf")
}

pub fn staff_statement(account: &AccountId) -> String {
    format!("/admin/accounts/{account}/statement")
}

/// What the shop says for the law.
pub fn legal(page: Legal) -> String {
    format!("/legal/{}", page.slug())
}

/// The shop's picture, by its hash.
pub fn logo(hash: &str) -> String {
    format!("/brand/logo.{hash}.png")
}

/// A delivered order, as its owner's server.
pub fn my_server(id: &OrderId) -> String {
    format!("{MY_SERVERS}/{id}")
}

pub fn staff_order(id: &OrderId) -> String {
    format!("/admin/orders/{id}")
}

/// One gateway among all of them.
pub fn staff_gateway(name: &str) -> String {
    format!("{STAFF_GATEWAYS}#at-{name}")
}

/// One provider among all of them.
pub fn staff_provider(id: &str) -> String {
    format!("{STAFF_PROVIDERS}#at-{id}")
}

/// A server in quarantine.
pub fn staff_stray(id: &ServerId) -> String {
    format!("{STAFF_QUARANTINE}/{id}")
}

/// Everything that is compared about an order.
pub fn staff_diagnosis(id: &OrderId) -> String {
    format!("/admin/orders/{id}/diagnosis")
}

/// What is on staff's list for one reason.
pub fn staff_attention_of(why: &str) -> String {
    with_query(STAFF_ATTENTION, [("why", why)])
}

/// Orders that staff look for by a word.
pub fn staff_orders_of(word: &str) -> String {
    with_query(STAFF_ORDERS, [("q", word)])
}

/// One product, for staff.
pub fn staff_product(id: &ProductId) -> String {
    format!("{STAFF_STOCK}/{id}")
}

/// Payments in one state, at one gateway.
pub fn staff_payments(gateway: &str, state: &str) -> String {
    with_query(STAFF_PAYMENTS, [("gateway", gateway), ("state", state)])
}

/// A provider without an API, among them.
pub fn staff_seller(id: &str) -> String {
    format!("{STAFF_BY_HAND}#{id}")
}

/// Where a customer's data is taken out, and their account closed, at their request.
pub fn staff_leave(account: &AccountId) -> String {
    format!("/admin/accounts/{account}/leave")
}

/// What a month has earned.
pub fn staff_profit(month: &str) -> String {
    with_query(STAFF_PROFIT, [("month", month)])
}

/// A customer with what stands around them.
pub fn staff_customer(account: &AccountId) -> String {
    format!("{STAFF_CUSTOMERS}/{account}")
}

/// What was done to something, or somebody.
pub fn staff_audit_about(subject: &str) -> String {
    with_query(STAFF_AUDIT, [("about", subject)])
}

/// What somebody did.
pub fn staff_audit_by(who: &str) -> String {
    with_query(STAFF_AUDIT, [("who", who)])
}

/// What does not add up, from one row on.
pub fn staff_books(from: usize) -> String {
    with_query(STAFF_BOOKS, [("from", from.to_string().as_str())])
}

/// A customer's wallet, for staff.
pub fn staff_wallet(account: &AccountId) -> String {
    format!("/admin/wallets/{account}")
}

/// The text of one kind of mail in a language, by its sample's address.
pub fn staff_mail_text(address: &str) -> String {
    format!("{STAFF_MAIL_TEXTS}/{address}")
}

pub fn staff_mail(MailId(id): MailId) -> String {
    format!("{STAFF_MAILS}/{id}")
}

/// One product, with its name for eyes. The id alone finds it.
pub fn product(id: &ProductId, name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").to_ascii_lowercase().chars().take(SLUG_MAX).collect();
    match slug.trim_end_matches('-') {
        "" => format!("/products/{id}"),
        slug => format!("/products/{id}/{slug}"),
    }
}

/// What bears a tag.
pub fn tagged(tag: &str) -> String {
    with_query(SHOP, [("tag", tag)])
}

/// One product on its way to becoming an order, with what was chosen.
pub fn product_with(id: &ProductId, [memory, os, code]: [&str; 3]) -> String {
    let chosen = [("memory", memory), ("os", os), ("code", code)];
    let chosen = chosen.into_iter().filter(|(_, value)| !value.is_empty());
    with_query(&format!("/products/{id}"), chosen)
}

/// An address as others than our own pages need it.
pub fn whole(app_url: &str, path: &str) -> String {
    format!("{}{path}", app_url.trim_end_matches('/'))
}

/// An address with parameters; values are escaped.
pub fn with_query<'a>(
    path: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut url = path.to_owned();
    for (name, value) in parameters {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        escape_into(&mut url, value);
    }
    url
}

fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() { path.to_owned() } else { with_query(path, [("next", next)]) }
}

fn escape_into(url: &mut String, value: &str) {
    use std::fmt::Write;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            _ = write!(url, "%{byte:02X}");
        }
    }
}

/// An address within the shop that somebody wanted to go to. Anything else leads nowhere: a link
/// must not be able to send people from our sign-in to another site.
pub fn within(next: &str) -> Option<&str> {
    let ours = next.starts_with('/') && !next.starts_with("//");
    let plain = |c: char| !c.is_control() && c != '\\' && !c.is_whitespace();
    (ours && next.len() <= 500 && next.chars().all(plain)).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away_from_the_shop() {
        assert_eq!(within("/orders/ord_1?a=b"), Some("/orders/ord_1?a=b"));
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "",
            "evil",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
        ] {
            assert_eq!(within(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn a_product_is_named_in_its_address_by_letters_and_digits_alone() {
        let id = ProductId::parse("prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F").unwrap();
        let named = |name| product(&id, name).replace(id.as_str(), "ID");
        assert_eq!(named("🌊 103.184 (Diamond Pro)"), "/products/ID/103-184-diamond-pro");
        assert_eq!(named("🌊 ../<b>"), "/products/ID/b");
        assert_eq!(named("दिल्ली"), "/products/ID");
        assert!(named(&"a ".repeat(100)).len() < 80);
    }

    #[test]
    fn what_was_chosen_survives_the_way_through_sign_up() {
        let wish = "/products/prd_1?memory=8GB&os=ubuntu";
        assert_eq!(signup(wish), "/signup?next=%2Fproducts%2Fprd_1%3Fmemory%3D8GB%26os%3Dubuntu");
        assert_eq!(login(""), "/login");
    }
}
