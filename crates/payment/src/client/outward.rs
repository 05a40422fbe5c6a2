//! Names that lead out of the house: one that anybody in the world may own must not lead back in.
//! An address written as figures is asked as it stands, and so is a name that only a network of our
//! own can answer for: whoever wrote those down meant it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Nobody in the world can own a name below these.
const OURS: [&str; 5] = ["localhost", "local", "internal", "lan", "home.arpa"];

pub(super) struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if !is_ours(&name) && found.iter().any(|address| !is_public(address.ip())) {
                let why = "its name leads into a network of our own; write the address in figures \
                           if that is meant";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_ours(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let below = |top: &&str| name.strip_suffix(*top).is_some_and(|rest| rest.ends_with('.'));
    !name.contains('.') || OURS.iter().any(|top| name == *top || below(top))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inside) => is_public_v4(inside),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    // Behind a provider's own translation.
    let is_shared = address.octets()[0] == 100 && (address.octets()[1] & 0xc0) == 64;
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.octets()[0] == 0
        || is_shared)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_our_own_are_known_by_their_addresses() {
        let ours = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
        ];
        for address in ours {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn names_that_nobody_else_can_own_are_ours() {
        for name in ["localhost", "n8n", "hooks.internal", "x.home.arpa", "NAS.local."] {
            assert!(is_ours(name), "{name}");
        }
        for name in ["hooks.example.com", "notlocal.example", "evilinternal.com"] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
