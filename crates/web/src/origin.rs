//! Whether a request that comes with a session was sent by one of our own pages.
//! Programs with a key need not prove it: no other site has their key.

use http::{HeaderMap, HeaderName, Uri, header};

use crate::headers::FETCH_SITE;
use crate::problem::Problem;

/// Refuses what a page of another site has sent. What carries neither of the two headers was not
/// sent by a browser of this decade, and the cookie itself does not travel across sites.
pub(crate) fn must_be_ours(headers: &HeaderMap, app_url: &str) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().ok());
    if let Some(site) = text(FETCH_SITE) {
        return if matches!(site, Some("same-origin" | "none")) { Ok(()) } else { Err(foreign()) };
    }
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let authority = origin.and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
    let host = text(header::HOST).flatten();
    let is_here = authority.is_some() && authority == host;
    let is_public = origin.is_some_and(|origin| origin.eq_ignore_ascii_case(&origin_of(app_url)));
    if is_here || is_public { Ok(()) } else { Err(foreign()) }
}

/// `https://shop.example` of `https://shop.example/in/a/folder`.
fn origin_of(url: &str) -> String {
    let parsed = url.parse::<Uri>().unwrap_or_default();
    match (parsed.scheme_str(), parsed.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
        _ => url.to_owned(),
    }
}

fn foreign() -> Problem {
    let detail = "this was sent from a page of another site with your session; use the shop's own \
        pages, or an API key";
    Problem::new("cross-site", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:8080".parse().unwrap());
        for (name, value) in pairs {
            let name: http::HeaderName = name.parse().unwrap();
            headers.insert(name, value.parse().unwrap());
        }
        must_be_ours(&headers, "https://shop.example/").is_ok()
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        assert!(judged(&[]));
        assert!(judged(&[("sec-fetch-site", "same-origin")]));
        assert!(judged(&[("sec-fetch-site", "none")]));
        assert!(judged(&[("origin", "http://127.0.0.1:8080")]));
        assert!(judged(&[("origin", "https://shop.example")]));
    }

    #[test]
    fn pages_of_other_sites_do_not_pass() {
        for site in ["cross-site", "same-site", "", "Same-Origin"] {
            let pairs = [("sec-fetch-site", site), ("origin", "https://shop.example")];
            assert!(!judged(&pairs), "{site:?}");
        }
        for origin in ["https://evil.example", "null", "", "https://shop.example.evil", "http://"] {
            assert!(!judged(&[("origin", origin)]), "{origin:?}");
        }
    }
}
