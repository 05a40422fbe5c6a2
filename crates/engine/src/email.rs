//! Email addresses as people type them: which can be meant, and how they are folded.
//! Whether mail arrives there only mail can tell.

use crate::error::{Error, Result};

const LENGTH_MAX: usize = 254;
const LOCAL_MAX: usize = 64;

/// Reads an address, folded to small letters; the refusal says what is wrong.
pub(crate) fn parse(text: &str) -> Result<String> {
    let text = text.trim().to_lowercase();
    match fault(&text) {
        None => Ok(text),
        Some(why) => Err(Error::invalid("invalid-email", format!("the email address {why}"))),
    }
}

fn fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is missing");
    }
    if text.len() > LENGTH_MAX {
        return Some("is too long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Some("lacks an @");
    };
    if local.is_empty() || local.len() > LOCAL_MAX || !dotted(local, is_local) {
        return Some("has something before the @ that cannot stand there");
    }
    if !domain.contains('.') || !dotted(domain, is_domain) || domain.split('.').any(is_no_label) {
        return Some("needs a domain after the @, like example.com");
    }
    None
}

/// Parts between single dots, none empty, of allowed letters alone.
fn dotted(text: &str, allowed: fn(char) -> bool) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.chars().all(allowed))
}

fn is_local(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter)
}

fn is_domain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-'
}

fn is_no_label(label: &str) -> bool {
    label.len() > 63 || label.starts_with('-') || label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_taken() {
        for good in ["ada@example.com", "a.b+shop@mail.example.co.in", "o'neil@x-y.org"] {
            assert_eq!(parse(good).unwrap(), good);
        }
        assert_eq!(parse(" Ada@Example.COM ").unwrap(), "ada@example.com");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "a b@example.com",
            "ada@exa mple.com",
            ".ada@example.com",
            "a..b@example.com",
            "ada@example..com",
            "ada@-x.com",
            "a@b@c.com",
            "ada@example.com\r\nBcc: x@y.z",
            "ada\0@example.com",
            "<ada@example.com>",
            &long,
        ] {
            assert!(matches!(parse(bad), Err(Error::Invalid { .. })), "{bad:?}");
        }
    }
}
