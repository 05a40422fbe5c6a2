//! Which servers are past their provider's term and no longer known to the provider? Their
//! addresses may be handed out anew, so their live interval ends. Of what a person delivered nobody
//! can be asked: its end is what they entered.

use domain::clock::Timestamp;
use domain::order::Stage;
use domain::provider;
use domain::server::{Event, State};
use store::db::Tx;
use store::server::Server;
use upstream::{Described, Fault};

use crate::Engine;
use crate::error::{Error, Result};

const PAGE: i64 = 100;
const DUE_WITHIN: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// What the provider said of a server whose term is over.
enum Told {
    Gone,
    /// It lives on, until another moment.
    Until(Timestamp, Option<String>),
    /// Nothing that helps; it is asked again another time.
    Nothing,
}

impl Engine {
    /// Asks the provider for each; tells how many have lapsed.
    pub async fn lapse_servers(&self) -> Result<u64> {
        let mut lapsed = 0;
        let mut after = String::new();
        loop {
            let (from, long_ago) = (std::mem::take(&mut after), self.settings().lapse_after);
            let servers = self
                .db()
                .read(move |tx| {
                    let before = tx.now()? - long_ago;
                    tx.servers_past_end(before, &from, PAGE)
                })
                .await?;
            let Some(last) = servers.last() else { return Ok(lapsed) };
            after = last.id.to_string();
            for server in servers {
                if self.hub().is_stopping() {
                    return Ok(lapsed);
                }
                lapsed += u64::from(self.lapse(server).await?);
            }
        }
    }

    async fn lapse(&self, server: Server) -> Result<bool> {
        let told = match provider::is_by_hand(&server.provider) {
            // Nobody can be asked: what was entered as its end is all that is known.
            true => Told::Gone,
            false => judge(&server, self.parts.provider.upstream.describe(server.address).await),
        };
        match told {
            Told::Nothing => Ok(false),
            Told::Until(at, text) => {
                let noted =
                    self.db().write(move |tx| tx.note_expiry(&server, at, text.as_deref())).await;
                match noted {
                    // Somebody else has just written the same row.
                    Err(store::db::StoreError::Stale(_)) => Ok(false),
                    other => Ok(other.map(|()| false)?),
                }
            }
            Told::Gone => {
                let engine = self.clone();
                self.db().write(move |tx| engine.end_interval(tx, &server)).await
            }
        }
    }

    /// The order first, then the server, as every transaction locks them.
    fn end_interval(&self, tx: &mut Tx<'_>, seen: &Server) -> Result<bool> {
        let order = match &seen.order {
            Some(order) => Some(tx.lock_order(order)?),
            None => None,
        };
        let server = tx.server(&seen.id)?;
        if server.version != seen.version || server.state != seen.state {
            return Ok(false);
        }
        let standing = order.as_ref().map(|order| &order.standing);
        let sold = standing.is_some_and(|standing| {
            standing.stage == Stage::Delivered(server.id.clone())
                || standing.replaces.as_ref() == Some(&server.id)
        });
        if let (true, Some(order)) = (sold, &order) {
            let text = format!(
                "{} of {} is gone at the provider, and its customer's time is not over",
                server.address, order.number
            );
            tx.list(&order.id, "server-gone", DUE_WITHIN)?;
            tx.raise_alert("server-gone", order.id.as_str(), &text)?;
            return Ok(false);
        }
        tx.end_stray(&server.id, Event::Lapsed)?;
        tx.audit("worker", "lapse", server.id.as_str(), &server.address.to_string())?;
        if server.state == State::Quarantined {
            self.book_loss(tx, &server)?;
        }
        tracing::info!("[SMARTVPS] {} has lapsed: the provider no longer names it", server.address);
        Ok::<_, Error>(true)
    }
}

fn judge(server: &Server, described: std::result::Result<Described, Fault>) -> Told {
    let described = match described {
        Ok(described) => described,
        Err(Fault::Refused { text, .. }) if names_nothing(&text) => return Told::Gone,
        Err(fault) => {
            tracing::warn!("{} could not be asked for: {fault}", server.address);
            return Told::Nothing;
        }
    };
    if !described.exists {
        return Told::Gone;
    }
    match described.expires_at {
        Some(at) if Some(at) > server.expires_at => Told::Until(at, described.expires_text),
        _ => Told::Nothing,
    }
}

/// Only words that say the server is not there; "busy" or "try later" say nothing of it.
fn names_nothing(text: &str) -> bool {
    let text = text.to_lowercase();
    ["not found", "no such", "not exist", "unknown", "invalid ip"]
        .iter()
        .any(|word| text.contains(word))
}
