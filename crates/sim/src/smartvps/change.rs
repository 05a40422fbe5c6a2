//! `start`, `stop`, `format`, `changeos`, `renewvps`: requests that change one server.

use std::net::Ipv4Addr;

use super::lie::{Deed, Lie};
use super::op::{Op, label_of};
use super::world::World;

/// A request for a change, as it was read.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub op: Op,
    pub address: Option<Ipv4Addr>,
    /// The code that came with `changeos`.
    pub os: Option<&'a str>,
}

/// Carries a change out and returns the vendor's sentence.
///
/// `changeos` only chooses; the next `format` installs what was chosen.
pub fn change(world: &mut World, wanted: Wanted<'_>, now_ms: i64, lie: Option<&Lie>) -> String {
    let deed = lie.map_or(Deed::Honest, |lie| lie.deed);
    if deed == Deed::Refuse {
        let text = lie.and_then(|lie| lie.text.clone());
        return text.unwrap_or_else(|| format!("error|{} not possible now", wanted.op.word()));
    }
    let Some(mut server) = wanted.address.and_then(|address| world.servers.get(&address).cloned())
    else {
        return "error|no such server".to_owned();
    };
    let said = match wanted.op {
        Op::Start => {
            server.online = true;
            "success|Server started"
        }
        Op::Stop => {
            server.online = false;
            "success|Server stopped"
        }
        Op::Format => {
            world.install(&mut server, now_ms);
            "success|Server is being formatted"
        }
        Op::Changeos => match wanted.os.and_then(label_of) {
            Some(label) => {
                label.clone_into(&mut server.os_chosen);
                "success|Operating system changed"
            }
            None => "error|no such operating system",
        },
        Op::Renewvps => {
            server.expiry_ms += world.settings.term_days * 86_400_000;
            "success|Server renewed"
        }
        Op::Ipstock | Op::Buyvps | Op::Status => "error|no such operation",
    };
    if deed != Deed::Nothing {
        world.servers.insert(server.address, server);
    }
    said.to_owned()
}
