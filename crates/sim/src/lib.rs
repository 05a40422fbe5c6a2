//! The outside world, lying on request: small real HTTP servers on loopback that stand for those
//! who sell to the shop and those who take money for it, each with a record of what truly happened.
//! Not for the shop's own rules: this crate knows nothing of them, so that it can contradict them.

#![forbid(unsafe_code)]

pub mod checker;
pub mod gateway;
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
    pub gateway: gateway::Gateway,
}

/// Starts everything a shop needs around it. It ends when the last clone is dropped.
pub async fn serve_all(
    smartvps: smartvps::Config,
    gateway: gateway::Config,
) -> std::io::Result<Outside> {
    Ok(Outside {
        smartvps: smartvps::Sim::start(smartvps).await?,
        gateway: gateway::Gateway::start(gateway).await?,
    })
}
