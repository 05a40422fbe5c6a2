//! Calls to the world outside, counted and timed: whoever is called knows nothing of it, and what
//! is asked and answered passes through as it is.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::package::Listed;
use payment::{Asked, BadWebhook, Capture, Created, Form, Gateway, Hint, Refund, RefundStanding};
use payment::{Refunded, Return, Standing, Taken, Webhook, Wish};
use post::{Carried, Letter, Post, Trouble};
use tracing::field::Empty;
use tracing::{Instrument, Span};
use upstream::{
    Abilities, Answer, BootClock, Described, Fault, Guard, Line, Listing, Meaning, Operation,
    OperationMeaning, Outcome, Purchase, Upstream,
};

use super::{Meters, TRACES};
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
        post: Arc::new(Counted { inner: post, watch: watch("mail") }),
    });
    Parts { provider: Provider { id, upstream }, gateways, mail, ..parts }
}

#[derive(Clone)]
struct Watch {
    meters: Arc<Meters>,
    boot: Arc<dyn BootClock>,
    name: &'static str,
}

/// One call under way: its span is ended, and its time taken, when it is told how it ended.
struct Call<'a> {
    watch: &'a Watch,
    call: &'a str,
    span: Span,
    begun: Duration,
}

impl Watch {
    fn begin<'a>(&'a self, call: &'a str) -> Call<'a> {
        let span = tracing::debug_span!(
            target: TRACES, "call", whom = self.name, call, outcome = Empty, otel.kind = "client",
            otel.name = format_args!("{} {call}", self.name),
        );
        Call { watch: self, call, span, begun: self.boot.since_boot() }
    }
}

impl Call<'_> {
    async fn through<T>(&self, asked: impl Future<Output = T>) -> T {
        asked.instrument(self.span.clone()).await
    }

    fn ended(self, outcome: &str) -> Duration {
        self.span.record("outcome", outcome);
        self.watch.boot.since_boot().saturating_sub(self.begun)
    }

    fn provider(self, outcome: &str) {
        let Call { watch, call, .. } = self;
        let labels = [("provider", watch.name), ("call", call), ("outcome", outcome)];
        watch.meters.provider_calls.took(&labels, self.ended(outcome));
    }

    fn gateway(self, outcome: &str) {
        let Call { watch, call, .. } = self;
        let labels = [("gateway", watch.name), ("call", call), ("outcome", outcome)];
        watch.meters.gateway_calls.took(&labels, self.ended(outcome));
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
        let call = self.watch.begin("packages");
        let listing = call.through(self.inner.packages()).await;
        call.provider(told(&listing));
        listing
    }

    fn packages_in(&self, raw: &[u8]) -> Result<Vec<Listed>, Fault> {
        self.inner.packages_in(raw)
    }

    async fn describe(&self, address: Ipv4Addr) -> Result<Described, Fault> {
        let call = self.watch.begin("describe");
        let described = call.through(self.inner.describe(address)).await;
        call.provider(told(&described));
        described
    }

    async fn connect(&self) -> Result<Box<dyn Line>, Fault> {
        let call = self.watch.begin("connect");
        let line = call.through(self.inner.connect()).await;
        call.provider(told(&line));
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
        let call = self.watch.begin("buy");
        let outcome = call.through(self.inner.buy(purchase, guard)).await;
        let word = match &outcome.meaning {
            Meaning::Sold(_) => "sold",
            Meaning::Rejected { .. } => "refused",
            Meaning::Unauthorized { .. } => "unauthorized",
            Meaning::NotSent { .. } => "not-sent",
            Meaning::Unheard { .. } => "unheard",
        };
        call.provider(word);
        outcome
    }

    async fn operate(self: Box<Self>, operation: &Operation, guard: Guard) -> Answer {
        let call = self.watch.begin(operation.kind.word());
        let answer = call.through(self.inner.operate(operation, guard)).await;
        let word = match &answer {
            Answer::Http { .. } => "answered",
            Answer::NotSent { .. } => "not-sent",
            Answer::Lost { .. } => "lost",
        };
        call.provider(word);
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
        let call = self.watch.begin("create");
        let created = call.through(self.inner.create(wish)).await;
        let word = match &created {
            Created::Open { .. } => "answered",
            Created::Refused { .. } => "refused",
            Created::Unknown { .. } => "unknown",
        };
        call.gateway(word);
        created
    }

    fn form(&self, wish: &Wish, gateway_order: &str) -> Option<Form> {
        self.inner.form(wish, gateway_order)
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, payment::Fault> {
        let call = self.watch.begin("poll");
        let standing = call.through(self.inner.poll(payment)).await;
        call.gateway(asked_word(&standing));
        standing
    }

    async fn capture(&self, held: &Capture) -> Taken {
        let call = self.watch.begin("capture");
        let taken = call.through(self.inner.capture(held)).await;
        let word = match &taken {
            Taken::Captured(_) => "answered",
            Taken::Refused { .. } => "refused",
            Taken::Unknown { .. } => "unknown",
        };
        call.gateway(word);
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
        let call = self.watch.begin("refund");
        let refunded = call.through(self.inner.refund(refund)).await;
        let word = match &refunded {
            Refunded::Taken { .. } => "answered",
            Refunded::Refused { .. } => "refused",
            Refunded::Unknown { .. } => "unknown",
        };
        call.gateway(word);
        refunded
    }

    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, payment::Fault> {
        let call = self.watch.begin("refund-standing");
        let standing = call.through(self.inner.refund_standing(refund)).await;
        call.gateway(asked_word(&standing));
        standing
    }
}

#[async_trait]
impl Post for Counted<dyn Post> {
    async fn carry(&self, letter: &Letter) -> Carried {
        let call = self.watch.begin("carry");
        let carried = call.through(self.inner.carry(letter)).await;
        let word = match &carried {
            Carried::Taken => "taken",
            Carried::Refused { .. } => "refused",
            Carried::Later { .. } => "later",
        };
        call.ended(word);
        self.watch.meters.mails.add(&[("outcome", word)], 1);
        carried
    }

    async fn look(&self) -> Result<(), Trouble> {
        self.inner.look().await
    }
}
