//! Calls to the world outside, counted and timed: whoever is called knows nothing of it, and what
//! is asked and answered passes through as it is.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payment::{Asked, BadWebhook, Capture, Created, Form, Gateway, Hint, Refund, RefundStanding};
use payment::{Refunded, Return, Standing, Taken, Webhook, Wish};
use post::{Carried, Letter, Post, Trouble};
use upstream::{
    Abilities, Answer, BootClock, Described, Fault, Guard, Line, Listing, Meaning, Operation,
    OperationMeaning, Outcome, Purchase, Upstream,
};

use super::Meters;
use crate::mail::Mailing;
use crate::{Parts, Provider};

/// The same parts, with whatever leaves the house counted.
pub fn counted(parts: Parts, meters: &Arc<Meters>) -> Parts {
    let watch = |name| Watch { meters: meters.clone(), boot: parts.boot.clone(), name };
    let Provider { id, upstream } = parts.provider;
    let upstream = Arc::new(Counted { inner: upstream, watch: watch(id) });
    let gateways = parts.gateways.into_iter().map(|inner| {
        let watch = watch(inner.name());
        Arc::new(Counted { inner, watch }) as Arc<dyn Gateway>
    });
    let gateways = gateways.collect();
    let mail = parts.mail.map(|Mailing { words, post }| Mailing {
        words,
        post: Arc::new(Counted { inner: post, watch: watch("") }),
    });
    Parts { provider: Provider { id, upstream }, gateways, mail, ..parts }
}

#[derive(Clone)]
struct Watch {
    meters: Arc<Meters>,
    boot: Arc<dyn BootClock>,
    name: &'static str,
}

impl Watch {
    fn begin(&self) -> Duration {
        self.boot.since_boot()
    }

    fn provider(&self, call: &str, outcome: &str, begun: Duration) {
        let labels = [("provider", self.name), ("call", call), ("outcome", outcome)];
        self.meters.provider_calls.took(&labels, self.begin().saturating_sub(begun));
    }

    fn gateway(&self, call: &str, outcome: &str, begun: Duration) {
        let labels = [("gateway", self.name), ("call", call), ("outcome", outcome)];
        self.meters.gateway_calls.took(&labels, self.begin().saturating_sub(begun));
    }
}

struct Counted<T: ?Sized> {
    watch: Watch,
    inner: Arc<T>,
}

fn fault_word(fault: &Fault) -> &'static str {
    match fault {
        Fault::Unreachable { .. } => "unreachable",
        Fault::Unauthorized { .. } => "unauthorized",
        Fault::Status { .. } => "status",
        Fault::Unreadable { .. } => "unreadable",
        Fault::TimedOut { .. } => "timed-out",
        Fault::Refused { .. } => "refused",
    }
}

fn told<T>(result: &Result<T, Fault>) -> &'static str {
    result.as_ref().map_or_else(fault_word, |_| "answered")
}

#[async_trait]
impl Upstream for Counted<dyn Upstream> {
    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    async fn packages(&self) -> Result<Listing, Fault> {
        let begun = self.watch.begin();
        let listing = self.inner.packages().await;
        self.watch.provider("packages", told(&listing), begun);
        listing
    }

    async fn describe(&self, address: Ipv4Addr) -> Result<Described, Fault> {
        let begun = self.watch.begin();
        let described = self.inner.describe(address).await;
        self.watch.provider("describe", told(&described), begun);
        described
    }

    async fn connect(&self) -> Result<Box<dyn Line>, Fault> {
        let begun = self.watch.begin();
        let line = self.inner.connect().await;
        self.watch.provider("connect", told(&line), begun);
        Ok(Box::new(CountedLine { watch: self.watch.clone(), inner: line? }))
    }

    fn purchase_meaning(&self, answer: &Answer) -> Meaning {
        self.inner.purchase_meaning(answer)
    }

    fn purchase_shown(&self, purchase: &Purchase) -> String {
        self.inner.purchase_shown(purchase)
    }

    fn answer_shown(&self, answer: &Answer) -> String {
        self.inner.answer_shown(answer)
    }

    fn operation_meaning(&self, answer: &Answer) -> OperationMeaning {
        self.inner.operation_meaning(answer)
    }
}

struct CountedLine {
    watch: Watch,
    inner: Box<dyn Line>,
}

#[async_trait]
impl Line for CountedLine {
    async fn buy(self: Box<Self>, purchase: &Purchase, guard: Guard) -> Outcome {
        let begun = self.watch.begin();
        let outcome = self.inner.buy(purchase, guard).await;
        let word = match &outcome.meaning {
            Meaning::Sold(_) => "sold",
            Meaning::Rejected { .. } => "refused",
            Meaning::Unauthorized { .. } => "unauthorized",
            Meaning::NotSent { .. } => "not-sent",
            Meaning::Unheard { .. } => "unheard",
        };
        self.watch.provider("buy", word, begun);
        outcome
    }

    async fn operate(self: Box<Self>, operation: &Operation, guard: Guard) -> Answer {
        let begun = self.watch.begin();
        let answer = self.inner.operate(operation, guard).await;
        let word = match &answer {
            Answer::Http { .. } => "answered",
            Answer::NotSent { .. } => "not-sent",
            Answer::Lost { .. } => "lost",
        };
        self.watch.provider(operation.kind.word(), word, begun);
        answer
    }
}

fn asked_word<T>(result: &Result<T, payment::Fault>) -> &'static str {
    match result {
        Ok(_) => "answered",
        Err(payment::Fault::Unreachable { .. }) => "unreachable",
        Err(payment::Fault::Unusable { .. }) => "unusable",
    }
}

#[async_trait]
impl Gateway for Counted<dyn Gateway> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn abilities(&self) -> payment::Abilities {
        self.inner.abilities()
    }

    async fn create(&self, wish: &Wish) -> Created {
        let begun = self.watch.begin();
        let created = self.inner.create(wish).await;
        let word = match &created {
            Created::Open { .. } => "answered",
            Created::Refused { .. } => "refused",
            Created::Unknown { .. } => "unknown",
        };
        self.watch.gateway("create", word, begun);
        created
    }

    fn form(&self, wish: &Wish, gateway_order: &str) -> Option<Form> {
        self.inner.form(wish, gateway_order)
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, payment::Fault> {
        let begun = self.watch.begin();
        let standing = self.inner.poll(payment).await;
        self.watch.gateway("poll", asked_word(&standing), begun);
        standing
    }

    async fn capture(&self, held: &Capture) -> Taken {
        let begun = self.watch.begin();
        let taken = self.inner.capture(held).await;
        let word = match &taken {
            Taken::Captured(_) => "answered",
            Taken::Refused { .. } => "refused",
            Taken::Unknown { .. } => "unknown",
        };
        self.watch.gateway("capture", word, begun);
        taken
    }

    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return {
        self.inner.read_return(payment, fields)
    }

    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook> {
        let hint = self.inner.read_webhook(hook);
        let word = match &hint {
            Ok(_) => "verified",
            Err(BadWebhook::Forged) => "forged",
            Err(BadWebhook::Unreadable(_)) => "unreadable",
        };
        self.watch.meters.webhooks.add(&[("gateway", self.watch.name), ("outcome", word)], 1);
        hint
    }

    async fn refund(&self, refund: &Refund) -> Refunded {
        let begun = self.watch.begin();
        let refunded = self.inner.refund(refund).await;
        let word = match &refunded {
            Refunded::Taken { .. } => "answered",
            Refunded::Refused { .. } => "refused",
            Refunded::Unknown { .. } => "unknown",
        };
        self.watch.gateway("refund", word, begun);
        refunded
    }

    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, payment::Fault> {
        let begun = self.watch.begin();
        let standing = self.inner.refund_standing(refund).await;
        self.watch.gateway("refund-standing", asked_word(&standing), begun);
        standing
    }
}

#[async_trait]
impl Post for Counted<dyn Post> {
    async fn carry(&self, letter: &Letter) -> Carried {
        let carried = self.inner.carry(letter).await;
        let word = match &carried {
            Carried::Taken => "taken",
            Carried::Refused { .. } => "refused",
            Carried::Later { .. } => "later",
        };
        self.watch.meters.mails.add(&[("outcome", word)], 1);
        carried
    }

    async fn look(&self) -> Result<(), Trouble> {
        self.inner.look().await
    }
}
