//! Anybody's own program, spoken to as Standard Webhooks 1.0 says: an id that stays the same for
//! every try, the moment of the try, and an HMAC-SHA256 over `id.moment.body`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::clock::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::{CannotAsk, News, Notice, Troubles};

pub(super) fn request(
    url: &Url,
    secret: &[u8],
    notice: &Notice,
    now: Timestamp,
) -> Result<Request<Vec<u8>>, CannotAsk> {
    let body = body(notice);
    let moment = (now.as_millis() / 1_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|_| CannotAsk("its secret is no key".to_owned()))?;
    for part in [notice.id.as_str(), ".", &moment, ".", &body.to_string()] {
        mac.update(part.as_bytes());
    }
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let headers = [
        ("webhook-id", notice.id.clone()),
        ("webhook-timestamp", moment),
        ("webhook-signature", format!("v1,{signature}")),
    ];
    super::json(url, &body, &headers)
}

fn body(notice: &Notice) -> Value {
    let (kind, troubles) = match &notice.news {
        News::Raised(troubles) => ("alert.raised", Some(troubles)),
        News::Over(troubles) => ("alert.resolved", Some(troubles)),
        News::Test => ("alert.test", None),
    };
    let mut data = match troubles {
        Some(Troubles::One { kind, subject, text }) => {
            json!({ "count": 1, "kind": kind, "subject": subject, "text": text })
        }
        Some(Troubles::Many(kinds)) => {
            let count: u64 = kinds.iter().map(|(_, count)| count).sum();
            let kinds: serde_json::Map<String, Value> =
                kinds.iter().map(|(kind, count)| (kind.clone(), json!(count))).collect();
            json!({ "count": count, "kinds": kinds })
        }
        None => json!({ "count": 0 }),
    };
    data["link"] = json!(notice.link);
    data["shop"] = json!(notice.shop);
    json!({ "type": kind, "timestamp": notice.at.to_string(), "data": data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::target::tests::notice;

    /// The figures come from `openssl dgst -sha256 -hmac`, not from this code.
    #[test]
    fn a_signature_is_made_over_id_moment_and_body() {
        let url = "https://hooks.example.com/x".parse().unwrap();
        let now = Timestamp::from_millis(1_674_087_231_900);
        let request = request(&url, b"0123456789abcdef01234567", &notice("low"), now).unwrap();
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("webhook-timestamp"), "1674087231");
        assert_eq!(header("webhook-id"), "ntc_1");
        let body = std::str::from_utf8(request.body()).unwrap();
        assert_eq!(
            body,
            "{\"data\":{\"count\":1,\"kind\":\"low-stock-5\",\"link\":\
             \"https://shop.example/admin/alerts\",\"shop\":\"Berth\",\"subject\":\"prd_1\",\
             \"text\":\"low\"},\"timestamp\":\"1970-01-01T00:00:00Z\",\"type\":\"alert.raised\"}"
        );
        assert_eq!(header("webhook-signature"), "v1,j8lAvi956v6g4KqYTQC5z+raqwIYLfHEPDXBnVX+irY=");
    }
}
