//! Whether a customer's server runs, asked by a worker when somebody looks at it. No page waits for
//! a provider: what was told last is kept with the moment of the question.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::check;
use domain::clock::Timestamp;
use domain::id::ServerId;
use domain::order::Stage;
use domain::power::{Look, Power};
use store::job::{Job, Kind, NewJob};
use store::server::Server;
use upstream::Described;

use crate::worker::After;
use crate::{Engine, Error, Result};

/// Somebody who looks does not see an older word without a new question.
const OLD_AFTER: Duration = Duration::from_secs(20);

/// Whether the provider is to be asked for somebody who looks now.
pub(crate) fn is_due(look: Option<&Look>, now: Timestamp) -> bool {
    look.is_none_or(|look| now.since(look.asked_at) >= OLD_AFTER)
}

/// What an answer says of the power of the server at an address. Where it speaks of another one,
/// or of none, it says nothing.
pub(crate) fn told(described: &Described, address: Ipv4Addr) -> (Power, Option<&'static str>) {
    match described.address {
        Some(other) if other != address => (Power::Unknown, Some("told of another address")),
        _ if !described.exists => (Power::Unknown, Some("told that it does not exist")),
        _ => (described.power, None),
    }
}

impl Engine {
    /// Lets a worker ask how a server is; once at a time.
    pub async fn ask_power(&self, server: &ServerId) -> Result<()> {
        let (server, lane) = (server.clone(), format!("power:{}", self.parts.provider.id));
        self.db()
            .write(move |tx| {
                let run_at = tx.now()?;
                let subject = server.as_str();
                // The others who look at the same time find it asked for.
                tx.put_job_anew(&NewJob { kind: Kind::Power, subject, lane: &lane, run_at })
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    /// Asks how a server is, and keeps what was told.
    pub(crate) async fn power(&self, job: &Job) -> Result<After> {
        let id = ServerId::parse(&job.subject).map_err(|error| Error::Bug(error.to_string()))?;
        let read = move |tx: &mut store::db::Tx<'_>| {
            let server = tx.server(&id)?;
            let order = match &server.order {
                Some(order) => Some(tx.order(order)?),
                None => None,
            };
            Ok::<_, Error>((server, order, tx.now()?))
        };
        let (server, order, now) = self.db().read(read).await?;
        let is_theirs = order.as_ref().is_some_and(
            |order| matches!(&order.standing.stage, Stage::Delivered(id) if *id == server.id),
        );
        if !is_theirs {
            return self.finish_job(job).await;
        }
        self.point("power-asked").await;
        let described = self.parts.provider.upstream.describe(server.address).await;
        let (power, fault) = match &described {
            Ok(described) => {
                let (power, fault) = told(described, server.address);
                (power, fault.map(str::to_owned))
            }
            Err(fault) => (Power::Unknown, Some(fault.to_string())),
        };
        let renewed = match &described {
            Ok(described) if server.verdict.is_none() => {
                self.sign_in_told_late(&server, described).await?
            }
            _ => None,
        };
        let claim = job.claim.clone();
        self.db()
            .write(move |tx| {
                tx.note_power(&server.id, (power, now), fault.as_deref())?;
                if let Some(told) = &renewed {
                    tx.judge_server(&server, &crate::errand::passed(told))?;
                }
                tx.finish_job(&claim)
            })
            .await?;
        Ok(After::Finished)
    }

    /// After an installation that ended in doubt: the new sign-in, should it be told at last. It
    /// passes the same verdict as any other before anybody is shown it.
    async fn sign_in_told_late(
        &self,
        server: &Server,
        described: &Described,
    ) -> Result<Option<store::server::Told>> {
        let id = server.id.clone();
        let (newest, terms) = self
            .db()
            .read(move |tx| {
                let newest = tx.errands(&id, 1)?.pop();
                let terms = match &newest {
                    Some(errand) => {
                        let order = tx.order(&errand.order)?;
                        Some(tx.terms_in_force(&order)?)
                    }
                    None => None,
                };
                Ok::<_, Error>((newest, terms))
            })
            .await?;
        let (Some(errand), Some(terms)) = (newest, terms) else { return Ok(None) };
        // While it is open, the errand itself looks.
        if errand.outcome.is_none() {
            return Ok(None);
        }
        let terms = domain::order::Terms { os: errand.os, ..terms };
        let is_new = self.has_new_password(server, described);
        let observed = crate::check::observed(described);
        let finding = check::status(&terms, server.address, &observed);
        if !is_new || finding != check::Finding::Match {
            return Ok(None);
        }
        Ok(Some(self.told(server, described)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_word_is_asked_for_anew_and_a_fresh_one_is_not() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        let look = Look { power: Power::Running, asked_at: at(100) };
        assert!(is_due(None, at(100)));
        assert!(!is_due(Some(&look), at(119)));
        assert!(is_due(Some(&look), at(120)));
    }
}
