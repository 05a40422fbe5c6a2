//! What logs, errors and pages may show of SmartVPS' answers: one short line without passwords.
//! Not for the answer that is stored; that one is sealed, and whole.

use serde_json::Value;

use super::wire;

/// How much of an answer is shown.
const SHOWN_MAX: usize = 200;
/// How much of an answer is looked at: a list of packages may have many megabytes.
const LOOKED_AT_MAX: usize = 16 << 10;
/// A secret shorter than this is not looked for: it would be found everywhere.
const SECRET_MIN: usize = 4;
const INSTEAD: &str = "***";

/// What stands before a password in free text. Two of them end where a quoted key ends.
const WORDS: [&str; 11] = [
    "passw",
    "passcode",
    "passphrase",
    "pwd",
    "pass:",
    "pass=",
    "pass ",
    "pass\"",
    "pass'",
    "pass\\",
    "pass\t",
];

/// Keeps our own credentials and our customers' out of sight.
pub(super) struct Mask {
    ours: Vec<String>,
}

impl Mask {
    /// Masks these secrets of ours wherever an answer repeats them.
    pub(super) fn new(ours: impl IntoIterator<Item = String>) -> Mask {
        Mask { ours: ours.into_iter().filter(|secret| secret.len() >= SECRET_MIN).collect() }
    }

    /// A body as it may be shown.
    pub(super) fn body(&self, body: &[u8]) -> String {
        self.text(&wire::peel(&body[..body.len().min(LOOKED_AT_MAX)]))
    }

    /// A text as it may be shown.
    pub(super) fn text(&self, text: &str) -> String {
        let mut shown = match serde_json::from_str::<Value>(text) {
            Ok(mut value) if value.is_object() || value.is_array() => {
                mask_value(&mut value);
                value.to_string()
            }
            _ => mask_text(text),
        };
        for secret in &self.ours {
            shown = shown.replace(secret.as_str(), INSTEAD);
        }
        shorten(&shown)
    }
}

fn mask_value(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                if is_secret(key) && !field.is_null() && *field != "" {
                    *field = INSTEAD.into();
                } else {
                    mask_value(field);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask_value),
        Value::String(text) => *text = mask_text(text),
        _ => {}
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["pass", "pwd", "secret", "token", "authorization"].iter().any(|word| key.contains(word))
}

/// Cuts a text off behind the first word that announces a password. Nobody can tell where a
/// password ends.
fn mask_text(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let Some(start) = WORDS.iter().filter_map(|word| lower.find(word)).min() else {
        return text.to_owned();
    };
    let length = lower[start..].find(|c: char| !c.is_ascii_alphabetic());
    let end = length.map_or(text.len(), |length| start + length);
    if text[end..].chars().any(char::is_alphanumeric) {
        format!("{} {INSTEAD}", &text[..end])
    } else {
        text.to_owned()
    }
}

/// One line of bounded length, without control characters.
fn shorten(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        Mask::new(["hush-hush".to_owned(), "b2NlYW46aHVzaA==".to_owned(), "x".to_owned()])
    }

    #[test]
    fn a_password_in_a_status_answer_is_masked_in_every_encoding() {
        let plain = r#"{"IP":"103.1.2.3","Password":"S3cr3t|x","OS":"Ubuntu 22"}"#;
        let once = serde_json::to_string(plain).unwrap();
        let twice = serde_json::to_string(&once).unwrap();
        let quoted = format!("\"{plain}\"");
        for body in [plain, &once, &twice, &quoted] {
            let shown = mask().body(body.as_bytes());
            assert!(!shown.contains("S3cr3t"), "{shown}");
            assert!(shown.contains("103.1.2.3"), "{shown}");
        }
    }

    #[test]
    fn a_password_in_free_text_or_in_half_an_answer_is_cut_off() {
        for body in [
            "success|ip is: 103.1.2.3 Password: S3cr3t end",
            "Your pass is S3cr3t",
            r#"{"IP":"103.1.2.3","Password":"S3cr3t"#,
            r#"{"IP":"103.1.2.3","Pass":"S3cr3t"#,
            r#""{\"IP\":\"103.1.2.3\",\"PASS\":\"S3cr3t"#,
            r#"{"message":"new password S3cr3t"}"#,
            r#"{"new":{"rootpass":["S3cr3t"]}}"#,
        ] {
            let shown = mask().body(body.as_bytes());
            assert!(!shown.contains("S3cr3t"), "{shown}");
        }
    }

    #[test]
    fn our_own_credentials_are_masked_wherever_they_are_repeated() {
        let shown = mask().text("no such user ocean:hush-hush (Basic b2NlYW46aHVzaA==) x");
        assert_eq!(shown, "no such user ocean:*** (Basic ***) x");
    }

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        for text in ["error|103.195.160.2 out of stock", "error|wrong user or password", ""] {
            assert_eq!(mask().text(text), text);
        }
    }

    #[test]
    fn what_is_shown_is_one_short_line() {
        let shown = mask().text(&format!("a\r\nb\u{1b}[31m{}", "🌊".repeat(500)));
        assert_eq!(shown.chars().count(), SHOWN_MAX + 1);
        assert!(shown.ends_with('…') && !shown.contains(char::is_control));
    }
}
