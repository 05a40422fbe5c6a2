//! Whose request it is when it comes through a proxy: the address that throttles count.
//! Not for who may do what, and never proof of anything: it is only ever counted.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// What proxies say of those who came before them, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// No honest chain is longer; a liar's is not read to its end.
const HOPS_MAX: usize = 20;

/// The proxies whose word on a visitor's address is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub fn new(trusted: Vec<IpNet>) -> Proxies {
        Proxies(trusted)
    }

    fn are_trusted(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    /// The rightmost address that is not one of our own proxies. What stands left of it was
    /// written by strangers; and where something that is no address stands, nobody knows who
    /// wrote what is left of that.
    pub(crate) fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut seen = peer.to_canonical();
        let mut hops = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .rev()
            .flat_map(|line| line.to_str().unwrap_or("?").rsplit(','))
            .take(HOPS_MAX);
        while self.are_trusted(seen) {
            match hops.next().map(read) {
                Some(Some(before)) => seen = before.to_canonical(),
                Some(None) | None => break,
            }
        }
        seen
    }
}

impl Default for Proxies {
    /// Whoever speaks to us from this machine.
    fn default() -> Proxies {
        let here = [("127.0.0.0", 8), ("::1", 128)];
        let net = |(address, length): (&str, u8)| IpNet::new(address.parse().ok()?, length).ok();
        Proxies(here.into_iter().filter_map(net).collect())
    }
}

/// An address as proxies write it, some with a port.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse().ok().map(|socket: SocketAddr| socket.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let proxies = Proxies::new(trusted.iter().map(|net| net.parse().unwrap()).collect());
        proxies.visitor(peer.parse().unwrap(), &headers).to_string()
    }

    const OURS: &[&str] = &["127.0.0.0/8", "::1/128", "10.0.0.0/8"];

    #[test]
    fn a_strangers_word_on_where_he_comes_from_is_ignored() {
        assert_eq!(seen(OURS, "192.0.2.1", &["203.0.113.7"]), "192.0.2.1");
        assert_eq!(seen(&[], "127.0.0.1", &["203.0.113.7"]), "127.0.0.1");
        assert_eq!(seen(OURS, "2001:db8::1", &["203.0.113.7"]), "2001:db8::1");
    }

    #[test]
    fn our_own_proxies_are_believed_up_to_the_first_stranger() {
        for (lines, visitor) in [
            (&["203.0.113.7"][..], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1,203.0.113.7 ,10.1.2.3"], "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7", "10.1.2.3"], "203.0.113.7"),
            (&["203.0.113.7:4711"], "203.0.113.7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            (&["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
            (&[], "127.0.0.1"),
        ] {
            assert_eq!(seen(OURS, "127.0.0.1", lines), visitor, "{lines:?}");
            assert_eq!(seen(OURS, "::ffff:127.0.0.1", lines), visitor, "{lines:?}");
        }
    }

    #[test]
    fn what_is_no_address_tells_nothing_and_neither_does_what_stands_before_it() {
        for line in ["", "unknown", "203.0.113.7, unknown", "203.0.113.7,", "1.2.3", "é", "_hidden"]
        {
            assert_eq!(seen(OURS, "127.0.0.1", &[line]), "127.0.0.1", "{line:?}");
        }
        assert_eq!(seen(OURS, "127.0.0.1", &["203.0.113.7, x, 10.1.2.3"]), "10.1.2.3");
        let long = "10.0.0.1,".repeat(1_000) + "10.0.0.1";
        assert_eq!(seen(OURS, "127.0.0.1", &["203.0.113.7", &long]), "10.0.0.1");
    }

    #[test]
    fn this_machine_alone_is_trusted_unless_the_shop_says_otherwise() {
        let here = Proxies::default();
        for (peer, trusted) in [("127.0.0.1", true), ("127.9.9.9", true), ("::1", true)]
            .into_iter()
            .chain([("10.0.0.1", false), ("192.168.0.1", false), ("::2", false)])
        {
            assert_eq!(here.are_trusted(peer.parse().unwrap()), trusted, "{peer}");
        }
    }
}
