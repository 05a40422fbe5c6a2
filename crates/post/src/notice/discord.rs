//! A webhook of Discord: content of at most 2,000 letters, answered by 204, or 200 with the
//! message where we wait for it to be there.

use http::Request;
use serde_json::json;
use url::Url;

use super::{CannotAsk, Notice, words};

const CONTENT_MAX: usize = 2_000;

pub(super) fn request(url: &Url, notice: &Notice) -> Result<Request<Vec<u8>>, CannotAsk> {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("wait", "true");
    let words = words::of(notice);
    // In brackets a link stays a link and draws no picture below it.
    let link = format!("<{}>", words.link);
    let room = CONTENT_MAX - link.chars().count().min(CONTENT_MAX) - 2;
    let text = format!("{}\n{}", written(&words.head), written(&words.text));
    let content = format!("{}\n{link}", cut(&text, room));
    let nobody: [&str; 0] = [];
    super::json(&url, &json!({ "content": content, "allowed_mentions": { "parse": nobody } }), &[])
}

/// Its marks are shown as they stand.
fn written(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\*_~`|>#[]<".contains(letter) {
            written.push('\\');
        }
        written.push(letter);
    }
    written
}

fn cut(text: &str, room: usize) -> String {
    match text.chars().count() > room {
        true => text.chars().take(room.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::target::tests::notice;

    #[test]
    fn a_long_text_is_cut_and_keeps_its_link() {
        let url = "https://discord.example/x".parse().unwrap();
        let body = request(&url, &notice(&"*".repeat(5_000))).unwrap().into_body();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let content = body["content"].as_str().unwrap();
        assert!(content.chars().count() <= CONTENT_MAX, "{}", content.chars().count());
        assert!(content.ends_with("\n<https://shop.example/admin/alerts>"), "{content}");
        assert_eq!(body["allowed_mentions"]["parse"], json!([]));
    }
}
