//! What delivery means beside the verdict: revenue, the story's timings, and revealing credentials.

use domain::block::Verdict;
use domain::id::{OrderId, ServerId};
use domain::ledger::{Account, Entry};
use domain::money::Money;
use domain::order::Stage;
use store::db::Tx;
use store::order::Order;
use store::server::Server;

use crate::check::Credentials;
use crate::{Engine, Error, Result};

impl Engine {
    /// What a delivery books: the revenue, or what becomes of the server that is replaced.
    pub(crate) fn book_delivery(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        replaced: Option<&ServerId>,
        prepaid: i64,
    ) -> Result<()> {
        let Some(old) = replaced else { return self.recognise(tx, order, prepaid) };
        let old = tx.server(old)?;
        if !old.state.is_gone() {
            tx.explain_server(&old.id, "replaced by another server")?;
            self.book_stray(tx, &old)?;
        }
        Ok(())
    }

    /// Delivery moves the prepaid amount to revenue, once per order.
    fn recognise(&self, tx: &mut Tx<'_>, order: &Order, prepaid: i64) -> Result<()> {
        let amount = Money::new(prepaid, order.sold.quote.total.currency);
        let cause = format!("delivered:{}", order.id);
        let entry =
            Entry::moved(cause, Account::Revenue, Account::Prepaid(order.id.clone()), amount);
        Ok(tx.post(Some(&order.id), &entry)?)
    }

    /// One order as it stands.
    pub async fn order(&self, id: &OrderId) -> Result<Order> {
        let id = id.clone();
        Ok(self.db().read(move |tx| tx.order(&id)).await?)
    }

    /// Addresses of servers in one state.
    pub async fn addresses_in(
        &self,
        state: domain::server::State,
        limit: i64,
    ) -> Result<Vec<std::net::Ipv4Addr>> {
        let servers = self.db().read(move |tx| tx.servers_in(state, "", limit)).await?;
        Ok(servers.into_iter().map(|server| server.address).collect())
    }

    /// How long each step of an order took, for the log and for whoever counts.
    pub(crate) async fn tell_timings(&self, order: &Order) -> Result<()> {
        let id = order.id.clone();
        let happened = self.db().read(move |tx| tx.happenings(&id)).await?;
        self.count_stages(&happened);
        let mut parts = Vec::new();
        for pair in happened.windows(2) {
            let took = pair[1].at.since(pair[0].at).as_millis();
            parts.push(format!("{} → {}: {took} ms", pair[0].kind, pair[1].kind));
        }
        let (number, parts) = (&order.number, parts.join(", "));
        tracing::info!(order = %order.id, "[AUTO-PROVISION] {number} timings: {parts}");
        Ok(())
    }

    /// Opens the credentials of a delivered order. Every look is on record.
    pub async fn reveal_credentials(
        &self,
        id: &OrderId,
        actor: &str,
    ) -> Result<(Server, Credentials)> {
        let (engine, wanted, actor) = (self.clone(), id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                // Under the lock under which an installation is permitted.
                let order = tx.lock_order(&wanted)?;
                let delivered = match (&order.standing.stage, &order.standing.replaces) {
                    (Stage::Delivered(server), _) | (_, Some(server)) => server.clone(),
                    _ => {
                        return Err(Error::refused(
                            "not-delivered",
                            "the server is not delivered yet",
                        ));
                    }
                };
                let server = tx.server(&delivered)?;
                // After an installation there is no verdict until the new sign-in has passed one.
                let credentials = match server.verdict {
                    Some(Verdict::Match) => engine.open_credentials(&server)?,
                    _ => None,
                };
                let Some(credentials) = credentials else {
                    return Err(Error::refused(
                        "credentials-pending",
                        "the credentials are being renewed; try again soon",
                    ));
                };
                tx.audit(
                    &actor,
                    "reveal-credentials",
                    wanted.as_str(),
                    &server.address.to_string(),
                )?;
                Ok((server, credentials))
            })
            .await
    }
}
