//! SmartVPS from the outside: what its answers mean, what leaves for it, what the log tells.
//! The fixtures are written by us in the documented form; a file's name says its case.

use std::time::Duration;

use url::Url;

use super::{Refusals, Settings, SmartVps};
use crate::Answer;

mod calls;
mod fuzz;
mod list;
mod meaning;
mod status;

const PASSWORD: &str = "hush-hush-1";

/// The bytes of one fixture.
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/smartvps/fixtures/", $name))
            .as_slice()
    };
}
use fixture;

fn settings(base: &str) -> Settings {
    Settings {
        refusals: Refusals::parse("out of stock,transient:busy right now").unwrap(),
        connect_timeout: Duration::from_secs(20),
        call_timeout: Duration::from_secs(20),
        ..Settings::new(Url::parse(base).unwrap(), "oceanshop".to_owned(), PASSWORD.to_owned())
    }
}

/// An account that calls nobody.
fn account() -> SmartVps {
    SmartVps::new(settings("http://smartvps.invalid/")).unwrap()
}

fn ok(body: &[u8]) -> Answer {
    Answer::Http { status: 200, body: body.to_vec() }
}
