//! An incoming webhook of Slack: a text, answered by `ok` or a word for what is wrong.
//! A text is cut there at 40,000 letters; ours is far below.

use http::Request;
use serde_json::json;
use url::Url;

use super::{CannotAsk, Notice, words};

pub(super) fn request(url: &Url, notice: &Notice) -> Result<Request<Vec<u8>>, CannotAsk> {
    let words = words::of(notice);
    let text = words.lines(written, &written(&words.link));
    super::json(url, &json!({ "text": text, "unfurl_links": false }), &[])
}

/// These three are Slack's only marks that could call somebody or hide a link.
fn written(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_by_what_a_customer_wrote() {
        let text = written("<!channel> & <https://evil.example|the shop>");
        assert_eq!(text, "&lt;!channel&gt; &amp; &lt;https://evil.example|the shop&gt;");
    }
}
