//! The outside world, lying on request: small real servers on loopback that stand for those who
//! sell to the shop, those who take money for it, those who take its mail and the chats of its
//! staff, each with a record of what truly happened.
//! Not for the shop's own rules: this crate knows nothing of them, so that it can contradict them.

#![forbid(unsafe_code)]

pub mod chat;
pub mod checker;
pub mod gateway;
pub mod mail;
pub mod smartvps;

mod ask;
pub mod chance;
pub mod clock;
mod command;
mod hold;
mod serve;
mod spoil;
mod stand;
mod telling;

/// The whole outside world of a shop, running.
#[derive(Debug, Clone)]
pub struct Outside {
    pub smartvps: smartvps::Sim,
    /// The one that most stories are told at.
    pub gateway: gateway::Gateway,
    pub mail: mail::Catcher,
    others: Vec<gateway::Gateway>,
}

impl Outside {
    /// All gateways, the first one first.
    pub fn gateways(&self) -> impl Iterator<Item = &gateway::Gateway> {
        std::iter::once(&self.gateway).chain(&self.others)
    }
}

/// Starts everything a shop needs around it; a gateway of our own invention where none is named.
/// It ends when the last clone is dropped.
pub async fn serve_all(
    smartvps: smartvps::Config,
    gateways: Vec<gateway::Config>,
) -> std::io::Result<Outside> {
    let smartvps = smartvps::Sim::start(smartvps).await?;
    let mut gateways = gateways.into_iter();
    let gateway = gateway::Gateway::start(gateways.next().unwrap_or_default()).await?;
    let mut others = Vec::new();
    for config in gateways {
        others.push(gateway::Gateway::start(config).await?);
    }
    let mail = mail::Catcher::start().await?;
    Ok(Outside { smartvps, gateway, mail, others })
}
