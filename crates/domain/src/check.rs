//! Does this server match what was sold? The address at once, the rest when the provider tells it.

use std::net::Ipv4Addr;

use crate::block::Verdict;
use crate::order::Terms;
use crate::os::Os;
use crate::package::Ram;

/// What the provider says of a server, as far as the check cares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observed {
    pub address: Option<Ipv4Addr>,
    pub ram: Option<Ram>,
    pub os: Option<Os>,
    pub has_credentials: bool,
}

/// What the second part of the check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// Everything that was sold is there.
    Match,
    /// Not all is known yet; ask again.
    NotYet(&'static str),
    /// Wrong, if a second look agrees.
    Mismatch(String),
    /// The provider speaks of another server.
    Unobservable(String),
    /// Right but for the operating system, which can be installed.
    OtherOs,
}

/// The first part: numbers, not text.
pub fn address(terms: &Terms, address: Ipv4Addr) -> Verdict {
    terms.promise().judge(address)
}

/// The second part: what `status` says of memory, operating system and credentials.
pub fn status(terms: &Terms, address: Ipv4Addr, seen: &Observed) -> Finding {
    match seen.address {
        Some(other) if other != address => {
            return Finding::Unobservable(format!("asked for {address}, told of {other}"));
        }
        _ => {}
    }
    match seen.ram {
        Some(ram) if ram < terms.ram => {
            return Finding::Mismatch(format!("{ram} of memory where {} was sold", terms.ram));
        }
        None => return Finding::NotYet("memory is not told yet"),
        Some(_) => {}
    }
    match (terms.os, seen.os) {
        (Some(sold), Some(found)) if sold != found => return Finding::OtherOs,
        (Some(_), None) => return Finding::NotYet("the operating system is not told yet"),
        _ => {}
    }
    if seen.has_credentials { Finding::Match } else { Finding::NotYet("no credentials yet") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::id::{Chance, PackageId};
    use crate::package::Pid;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn terms(os: Option<Os>) -> Terms {
        Terms {
            provider: "smartvps".into(),
            package: PackageId::mint(Timestamp::from_millis(0), &Zeros),
            pid: Pid::new("123").unwrap(),
            package_name: "103.181.91".into(),
            cidrs: vec![],
            ram: Ram::gb(8),
            os,
        }
    }

    const HERE: Ipv4Addr = Ipv4Addr::new(103, 181, 91, 50);

    fn seen() -> Observed {
        Observed {
            address: Some(HERE),
            ram: Some(Ram::gb(8)),
            os: Some(Os::Windows2022),
            has_credentials: true,
        }
    }

    #[test]
    fn a_server_that_is_what_was_sold_passes() {
        assert_eq!(status(&terms(None), HERE, &seen()), Finding::Match);
        assert_eq!(address(&terms(None), HERE), Verdict::Match);
    }

    #[test]
    fn a_server_without_credentials_is_not_delivered_yet() {
        let seen = Observed { has_credentials: false, ..seen() };
        assert!(matches!(status(&terms(None), HERE, &seen), Finding::NotYet(_)));
    }

    #[test]
    fn less_memory_is_a_mismatch_and_more_is_not() {
        let less = Observed { ram: Some(Ram::gb(4)), ..seen() };
        assert!(matches!(status(&terms(None), HERE, &less), Finding::Mismatch(_)));
        let more = Observed { ram: Some(Ram::gb(16)), ..seen() };
        assert_eq!(status(&terms(None), HERE, &more), Finding::Match);
    }

    #[test]
    fn another_system_than_chosen_is_installed_and_none_chosen_is_any() {
        assert_eq!(status(&terms(Some(Os::Ubuntu22)), HERE, &seen()), Finding::OtherOs);
        assert_eq!(status(&terms(None), HERE, &seen()), Finding::Match);
    }

    #[test]
    fn a_chosen_system_that_is_not_told_yet_is_waited_for() {
        let untold = Observed { os: None, ..seen() };
        assert!(matches!(status(&terms(Some(Os::Ubuntu22)), HERE, &untold), Finding::NotYet(_)));
        assert_eq!(status(&terms(None), HERE, &untold), Finding::Match);
    }

    #[test]
    fn a_status_of_another_address_proves_nothing() {
        let other = Observed { address: Some(Ipv4Addr::new(103, 181, 91, 51)), ..seen() };
        assert!(matches!(status(&terms(None), HERE, &other), Finding::Unobservable(_)));
    }

    #[test]
    fn the_chosen_system_passes_when_it_is_there() {
        let chosen = terms(Some(Os::Windows2022));
        assert_eq!(status(&chosen, HERE, &seen()), Finding::Match);
    }
}
