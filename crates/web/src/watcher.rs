//! Who may read the metrics: whoever shows the token for it; where none is set, whoever asks from
//! this machine itself. What a proxy brings is from elsewhere, wherever the proxy stands.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use engine::permission::Visitor;
use engine::secret::Secret;
use http::header;
use http::request::Parts;
use subtle::ConstantTimeEq;

use crate::app::Shop;
use crate::problem::Problem;

/// What proxies add to whatever they bring.
const BROUGHT: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

const WHO: &str = "metrics are for whoever shows the token for them as a bearer; where none is \
    set, for this machine itself";

pub(crate) fn is_let_in(shop: &Shop, parts: &Parts) -> Result<Visitor, Problem> {
    let token = shop.app().metrics_token.as_ref();
    // The same for whoever shows a wrong token and whoever shows none.
    match may(token.map(Secret::expose), parts) {
        true => Ok(Visitor::Nobody),
        false => Err(Problem::new("unauthenticated", WHO)),
    }
}

fn may(token: Option<&str>, parts: &Parts) -> bool {
    match token {
        Some(token) => shows(parts, token),
        None => is_here(parts),
    }
}

fn shows(parts: &Parts, token: &str) -> bool {
    let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.split_once(' '));
    let bearer = shown.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let same = |shown: &str| bool::from(token.as_bytes().ct_eq(shown.trim().as_bytes()));
    !token.is_empty() && bearer.is_some_and(|(_, shown)| same(shown))
}

fn is_here(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let here = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    here && BROUGHT.iter().all(|name| !parts.headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn asked(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
        let mut request = Request::builder().extension(ConnectInfo(peer));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn without_a_token_this_machine_alone_may_and_no_proxy_on_it() {
        for here in ["127.0.0.1", "127.8.8.8", "[::1]", "[::ffff:127.0.0.1]"] {
            assert!(may(None, &asked(here, &[])), "{here}");
            for name in ["forwarded", "x-forwarded-for", "x-real-ip", "via"] {
                assert!(!may(None, &asked(here, &[(name, "127.0.0.1")])), "{here} {name}");
            }
        }
        for elsewhere in ["192.0.2.1", "10.0.0.1", "[2001:db8::1]"] {
            assert!(!may(None, &asked(elsewhere, &[])), "{elsewhere}");
        }
        let unknown = Request::new(()).into_parts().0;
        assert!(!may(None, &unknown), "whoever has no address is not here");
    }

    #[test]
    fn with_a_token_whoever_shows_it_may_from_anywhere_and_nobody_else() {
        let shown = |value: &str| asked("192.0.2.1", &[("authorization", value)]);
        for right in ["Bearer hush", "bearer hush", "Bearer  hush"] {
            assert!(may(Some("hush"), &shown(right)), "{right}");
        }
        for wrong in ["Bearer hus", "Bearer hushh", "Basic hush", "hush", "Bearer ", ""] {
            assert!(!may(Some("hush"), &shown(wrong)), "{wrong:?}");
        }
        assert!(!may(Some("hush"), &asked("127.0.0.1", &[])), "this machine shows it, too");
        assert!(!may(Some(""), &shown("Bearer ")), "an empty token opens nothing");
    }
}
