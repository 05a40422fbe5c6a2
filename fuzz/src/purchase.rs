//! The answer to a purchase: only an explicit yes with exactly one address is a sale.

use upstream::smartvps::{Settings, SmartVps};
use upstream::{Answer, Meaning, OperationMeaning, Upstream};
use url::Url;

/// In every answer of an account that echoes what it was sent; nobody may read it in a reason.
pub const PASSWORD: &str = "Planted-7x-Upstream";

pub fn seeds() -> Vec<Vec<u8>> {
    super::fixtures("upstream/src/smartvps").into_iter().map(|(_, body)| body).collect()
}

pub fn settings() -> Settings {
    let base = Url::parse("http://upstream.test").expect("an address");
    Settings::new(base, "berth".to_owned(), PASSWORD.to_owned())
}

pub fn run(body: &[u8]) {
    let account = SmartVps::new(settings()).expect("settings that fit");
    for status in [200, 201, 401, 429, 500] {
        let answer = Answer::Http { status, body: body.to_vec() };
        let meaning = account.purchase_meaning(&answer);
        assert_eq!(meaning, account.purchase_meaning(&answer), "the same bytes mean the same");
        holds(status, body, &meaning);
        let done = account.operation_meaning(&answer) == OperationMeaning::Done;
        assert!(!done || (status == 200 && says(body, "success")), "done without its word");
    }
}

/// What must be true of a purchase's meaning, whatever came.
pub fn holds(status: u16, body: &[u8], meaning: &Meaning) {
    match meaning {
        Meaning::Sold(address) => {
            assert!(status == 200 && says(body, "success"), "sold without its word");
            assert!(says(body, &address.to_string()), "sold {address}, which nobody named");
        }
        Meaning::Rejected { text, .. } => {
            assert_eq!(status, 200);
            assert!(says(body, "out of stock"), "refused in no words of the list");
            is_fit_to_print(text);
        }
        Meaning::Unauthorized { status: told } => {
            assert!(*told == status && matches!(status, 401 | 403));
        }
        Meaning::NotSent { .. } => panic!("a whole answer came, so it was sent"),
        Meaning::Unheard { reason } => is_fit_to_print(reason),
    }
}

/// Whether a text stands in the bytes, ignoring case; also where JSON hides it behind escapes.
pub fn says(body: &[u8], text: &str) -> bool {
    let mut layer = String::from_utf8_lossy(body).into_owned();
    // Answers come as text, as a JSON text of the text, and so on.
    for _ in 0..8 {
        if layer.to_ascii_lowercase().contains(text) {
            return true;
        }
        let peeled = serde_json::from_str::<String>(layer.trim());
        let Ok(inner) = peeled else { break };
        layer = inner;
    }
    false
}

/// Reasons go to logs and pages: no end of them, nothing unseen in them, no secret.
pub fn is_fit_to_print(text: &str) {
    assert!(text.chars().count() <= 1_000, "{} characters", text.chars().count());
    assert!(!text.contains(PASSWORD), "a password in {text:?}");
}
