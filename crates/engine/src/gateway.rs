//! Those who take money for us, as staff look at them: what the shop knows of each, one question to
//! the far side when somebody presses for it, and what it means when one sends no webhooks.
//! Not for payments: those are in `pay.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::clock::Timestamp;
use payment::{Asked, Gateway};
use store::db::Tx;
pub use store::gateway::Counter;
pub use store::payment::{Payment, PaymentState, Purpose};

use crate::read::{Page, cursor_of, moment_and_id, page_length};
use crate::reconcile::watch::Seen;
use crate::seller::Tried;
use crate::{Engine, Error, Result};

/// Whoever was asked for money and is not heard of by webhooks.
pub const SILENT: &str = "webhook-silence";
/// Fewer payments without a webhook say nothing.
const SILENT_FOR: i64 = 3;
/// Payments of before are no news of today.
const SILENT_WITHIN: Duration = Duration::from_secs(6 * 3_600);
/// A webhook may come so long after its payment was begun: buyers take their time, and so do
/// gateways.
const SILENT_AFTER: Duration = Duration::from_secs(15 * 60);
/// What came of payments is told of those made within it.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A gateway that is on.
#[derive(Clone, Debug)]
pub struct Taker {
    pub counter: Counter,
    /// Where buyers see it, counted from one; nothing where they are not offered it.
    pub place: Option<usize>,
    /// Its webhooks are signed; elsewhere anybody may send one.
    pub signs: bool,
    /// Money goes back through it; elsewhere by hand.
    pub refunds: bool,
    /// Why staff were told that it sends no webhooks.
    pub silent: Option<String>,
}

impl Engine {
    /// How payments stand at every gateway that is on.
    pub async fn takers(&self) -> Result<Vec<Taker>> {
        let names = self.gateways_on();
        let read = move |tx: &mut Tx<'_>| {
            let since = tx.now()? - DAY;
            let silent = tx.open_alerts_of(SILENT)?;
            Ok::<_, Error>((tx.counters(&names, since)?, silent))
        };
        let (counters, silent) = self.db().read(read).await?;
        let offered = self.gateways();
        let taker = |(counter, gateway): (Counter, &Arc<dyn Gateway>)| Taker {
            place: offered.iter().position(|name| *name == counter.gateway).map(|at| at + 1),
            signs: gateway.abilities().signs,
            refunds: gateway.abilities().refunds,
            silent: silent
                .iter()
                .find(|alert| alert.subject == counter.gateway)
                .map(|alert| alert.text.clone()),
            counter,
        };
        Ok(counters.into_iter().zip(&self.parts.gateways).map(taker).collect())
    }

    /// Payments in one state, at one gateway or at any, each with the number of the one order that
    /// it is for. What is open: all of it, oldest first; else those of a day, newest first.
    pub async fn payments_at(
        &self,
        gateway: Option<&str>,
        state: PaymentState,
        after: Option<&str>,
    ) -> Result<Page<(Payment, Option<String>)>> {
        let (gateway, after) = (gateway.map(ToOwned::to_owned), moment_and_id(after)?);
        let limit = page_length(None);
        let read = move |tx: &mut Tx<'_>| {
            let since = match state {
                PaymentState::Open => Timestamp::from_micros(0),
                PaymentState::Captured | PaymentState::Failed => tx.now()? - DAY,
            };
            let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
            tx.payments_at(gateway.as_deref(), (state, since), after, limit + 1)
        };
        let found = self.db().read(read).await?;
        Ok(Page::of(found, limit, |(payment, _)| cursor_of(payment.created_at, &payment.id)))
    }

    /// The names of the gateways that are on.
    pub fn gateways_on(&self) -> Vec<&'static str> {
        self.parts.gateways.iter().map(|gateway| gateway.name()).collect()
    }

    /// Asks a gateway about a payment that there is not: nothing is made by that.
    pub async fn try_gateway(&self, gateway: &str, actor: &str) -> Result<Tried> {
        let known = self.parts.gateways.iter().find(|known| known.name() == gateway);
        let known = known.ok_or_else(|| Error::missing("gateway", gateway))?.clone();
        let payment =
            Asked { payment: "berth-test".into(), gateway_order: None, created_at: self.now() };
        let asked = async {
            match known.poll(&payment).await {
                Ok(_) => Ok("it answers, and takes our keys".to_owned()),
                Err(fault) => Err(fault.to_string()),
            }
        };
        self.tried(("try-gateway", gateway), actor, asked).await
    }

    /// Which gateways took payments and sent no webhook since. One whose last webhook came after
    /// its last payments were begun is quiet and not silent; and what was once told ends with the
    /// next webhook, or with the gateway.
    pub(crate) fn webhook_silence(&self, tx: &mut Tx<'_>) -> Result<Vec<Seen>> {
        let (now, told) = (tx.now()?, tx.open_alerts_of(SILENT)?);
        let (mut all, mut told) = (
            Vec::new(),
            told.into_iter()
                .map(|alert| (alert.subject.clone(), alert))
                .collect::<BTreeMap<_, _>>(),
        );
        for gateway in &self.parts.gateways {
            let name = gateway.name();
            let last = tx.last_webhook(name)?;
            let text = match told.remove(name) {
                Some(alert) => last.is_none_or(|last| last <= alert.at).then_some(alert.text),
                None => {
                    let before = now - SILENT_WITHIN;
                    let times = (last.map_or(before, |at| at.max(before)), now - SILENT_AFTER);
                    let taken = tx.captured_between(name, times, SILENT_FOR)?;
                    (taken >= SILENT_FOR).then(|| silence(name, last))
                }
            };
            all.push(Seen { kind: SILENT, subject: name.to_owned(), text });
        }
        let of_none = |subject| Seen { kind: SILENT, subject, text: None };
        all.extend(told.into_keys().map(of_none));
        Ok(all)
    }
}

fn silence(gateway: &str, last: Option<Timestamp>) -> String {
    let last = match last {
        Some(at) => format!("the last came {}", at.minute()),
        None => "none ever came".to_owned(),
    };
    format!(
        "{SILENT_FOR} payments at {gateway} or more were found by asking, and no webhook came for \
         them ({last}): look whether its dashboard has our address and secret"
    )
}
