//! What a provider says of an address at this moment, for a person who is about to adopt it. Asked
//! only while somebody looks; nothing is written, and the check before a delivery asks anew.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::block::parse_address;
use domain::check::{self, Finding};
use domain::id::OrderId;
use domain::order::Terms;
use domain::power::Power;
use upstream::Described;

use crate::check::observed;
use crate::{Engine, Error, Result};

/// Whoever looks waits no longer for the provider.
const PATIENCE: Duration = Duration::from_secs(5);

/// How an address stands to what was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Fits,
    NotYet,
    Differs,
    /// Nothing can be said of it.
    Unknown,
}

impl Fit {
    /// Whoever goes on all the same must say so: the provider does not know the address, tells that
    /// it is something else, or tells nothing.
    pub fn is_doubtful(self) -> bool {
        matches!(self, Fit::Differs | Fit::Unknown)
    }
}

/// What a provider told of an address, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub address: Ipv4Addr,
    pub fit: Fit,
    /// What that means, or why there is no answer.
    pub why: String,
    /// What it told, each with its name; no password.
    pub told: Vec<(&'static str, String)>,
}

impl Engine {
    /// Asks the provider of an address that may be what an order's purchase bought. No address: no
    /// question.
    pub async fn look_before_adopting(&self, id: &OrderId, text: &str) -> Result<Option<Live>> {
        let Some(address) = parse_address(text.trim()) else { return Ok(None) };
        let wanted = id.clone();
        let terms = self
            .db()
            .read(move |tx| {
                let order = tx.order(&wanted)?;
                Ok::<_, Error>(tx.terms_in_force(&order)?)
            })
            .await?;
        let asking = self.parts.provider.upstream.describe(address);
        let silent = |why: String| Live { address, fit: Fit::Unknown, why, told: vec![] };
        Ok(Some(match tokio::time::timeout(PATIENCE, asking).await {
            Ok(Ok(described)) => weighed(&terms, address, &described),
            Ok(Err(fault)) => silent(format!("the provider gave no usable answer: {fault}")),
            Err(_) => {
                silent(format!("the provider has not answered within {} s", PATIENCE.as_secs()))
            }
        }))
    }
}

fn weighed(terms: &Terms, address: Ipv4Addr, described: &Described) -> Live {
    let told = told(described);
    let (fit, why) = match check::status(terms, address, &observed(described)) {
        _ if !described.exists => {
            (Fit::Differs, "the provider says that no such machine exists".to_owned())
        }
        Finding::Match => (Fit::Fits, "memory and system are what was sold".to_owned()),
        Finding::NotYet(why) => (Fit::NotYet, format!("not all can be told yet: {why}")),
        Finding::Mismatch(why) => (Fit::Differs, why),
        Finding::Unobservable(why) => (Fit::Unknown, why),
        Finding::OtherOs => {
            (Fit::NotYet, "another system is installed; the sold one would be".to_owned())
        }
    };
    // What the purchase bought was started by it.
    let (fit, why) = match (fit, described.power) {
        (Fit::Fits | Fit::NotYet, Power::Stopped) => {
            (Fit::Unknown, format!("the machine is not running; beside that, {why}"))
        }
        known => (known.0, why),
    };
    Live { address, fit, why, told }
}

fn told(described: &Described) -> Vec<(&'static str, String)> {
    let has_sign_in = described.username.is_some() && described.password.is_some();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "not told".to_owned());
    vec![
        ("Address", or_none(described.address.map(|address| address.to_string()))),
        ("Power", described.power.word().to_owned()),
        ("Machine", if described.exists { "exists" } else { "does not exist" }.to_owned()),
        ("Memory", or_none(described.ram.map(|ram| ram.to_string()))),
        ("System", or_none(described.os_text.clone())),
        ("Sign-in", if has_sign_in { "told" } else { "not told yet" }.to_owned()),
        ("Paid until", or_none(described.expires_text.clone())),
    ]
}
