//! The far side of a gateway for tests: the simulator that speaks its tongue, and what a test can
//! make it do. Not for promises: those are in `contract.rs`.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use http::{HeaderMap, HeaderName, HeaderValue};
use payment::{Asked, Capture, Created, Gateway, Refund, Standing, Webhook, Wish};
use sim::gateway::{Answer, Config, Deed, Doorway, How, Lie, Op};

/// One gateway: who plays it, and the adapter that is tried.
pub trait Played {
    fn config() -> Config;

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway>;
}

pub const PATIENCE: Duration = Duration::from_millis(500);

/// A far side that has been started.
pub struct Far {
    pub sim: sim::gateway::Gateway,
    adapter: Box<dyn Gateway>,
    began: Timestamp,
}

#[derive(Debug, Clone, Copy)]
pub enum CreateFate {
    Refused,
    OpenedButLost,
    OpenedButHtml,
    OpenedBut500,
    Hangs,
    Redirected,
}

#[derive(Debug, Clone, Copy)]
pub enum PollFate {
    Lost,
    Truncated,
    Html,
    Empty,
    Down,
    Hangs,
    PaidByNothing,
}

#[derive(Debug, Clone, Copy)]
pub enum Buyer {
    Pays,
    /// Fails, and the time to pay is over where there is one.
    GivesUp,
    FailsAndThenPays,
    PaysTwice,
    PaysHalf,
    PaysInDollars,
    PaysAfterTheEnd,
    /// The money is booked under another payment's ids.
    PaysForAnother,
    IsOnlyAuthorised,
}

impl Far {
    pub async fn start<P: Played>() -> Far {
        let mut config = P::config();
        config.settings.hook_tries = 1;
        // Nobody listens there: a webhook is read from the far side's record.
        config.settings.notify_url = "http://127.0.0.1:9/hook".to_owned();
        let sim = sim::gateway::Gateway::start(config.clone()).await.unwrap();
        let adapter = P::adapter(&sim.url(), &config);
        let began = Timestamp::from_millis(sim.now_ms());
        Far { sim, adapter, began }
    }

    pub fn gateway(&self) -> &dyn Gateway {
        &*self.adapter
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.sim.now_ms())
    }

    pub fn wish(&self, payment: &str) -> Wish {
        Wish {
            payment: payment.to_owned(),
            amount: Money::major(699, Currency::INR),
            purpose: "ORD-7K2MXQ4V9T 🌊 103.181.91, 8 GB".to_owned(),
            buyer_name: "Ada".to_owned(),
            buyer_email: "ada@example.org".to_owned(),
            buyer_phone: None,
            return_url: format!("http://127.0.0.1:9/back?client_txn_id={payment}"),
            notify_url: "http://127.0.0.1:9/hook".to_owned(),
            // The same for every try: some gateways compare all that is asked.
            expires_at: self.began + Duration::from_secs(6 * 3_600),
        }
    }

    /// Opens a payment that must open, and returns how to ask for it.
    pub async fn open(&self, payment: &str) -> Asked {
        match self.adapter.create(&self.wish(payment)).await {
            Created::Open { gateway_order, .. } => {
                Asked { gateway_order: Some(gateway_order), ..self.by_our_id(payment) }
            }
            other => panic!("{other:?}"),
        }
    }

    pub fn by_our_id(&self, payment: &str) -> Asked {
        Asked { payment: payment.to_owned(), gateway_order: None, created_at: self.now() }
    }

    /// Opens a payment, has it paid, and returns the movement.
    pub async fn paid(&self, payment: &str) -> (Asked, Capture) {
        let asked = self.open(payment).await;
        self.buyer(payment, Buyer::Pays);
        match self.adapter.poll(&asked).await.unwrap() {
            Standing::Captured { mut captures } => (asked, captures.remove(0)),
            other => panic!("{other:?}"),
        }
    }

    pub fn refund(&self, name: &str, capture: &Capture, major: i64) -> Refund {
        Refund {
            refund: name.to_owned(),
            payment: "pay_1".to_owned(),
            gateway_payment: capture.gateway_payment.clone(),
            amount: Money::major(major, Currency::INR),
            note: "Given back".to_owned(),
        }
    }

    pub fn next_create(&self, fate: CreateFate) {
        let lie = match fate {
            CreateFate::Refused => Lie::of(Deed::Refuse),
            CreateFate::OpenedButLost => Lie::answering(Answer::Lost),
            CreateFate::OpenedButHtml => Lie::answering(Answer::Html),
            CreateFate::OpenedBut500 => Lie::status(500),
            CreateFate::Hangs => Lie::answering(Answer::Hang),
            CreateFate::Redirected => Lie::answering(Answer::Redirect),
        };
        self.sim.next(Op::Create, lie);
    }

    pub fn next_poll(&self, fate: PollFate) {
        let lie = match fate {
            PollFate::Lost => Lie::answering(Answer::Lost),
            PollFate::Truncated => Lie::answering(Answer::Truncated),
            PollFate::Html => Lie::answering(Answer::Html),
            PollFate::Empty => Lie::answering(Answer::Empty),
            PollFate::Down => Lie::status(502),
            PollFate::Hangs => Lie::answering(Answer::Hang),
            PollFate::PaidByNothing => Lie::of(Deed::NoCaptures),
        };
        self.sim.next(Op::Poll, lie);
    }

    /// Nobody is at home.
    pub async fn down(&self) {
        self.sim.doorway(Doorway::Refuse).await;
    }

    /// Somebody picks up and hangs up before listening.
    pub async fn hangs_up(&self) {
        self.sim.doorway(Doorway::Drop).await;
    }

    pub fn buyer(&self, payment: &str, deed: Buyer) {
        let how = match deed {
            Buyer::GivesUp => How::Fail,
            Buyer::FailsAndThenPays => How::FailThenPay,
            Buyer::PaysTwice => How::PayTwice,
            Buyer::IsOnlyAuthorised => How::Authorize,
            _ => How::Pay,
        };
        match deed {
            Buyer::PaysHalf => self.sim.next(Op::Pay, Lie::of(Deed::WrongAmount)),
            Buyer::PaysInDollars => self.sim.next(Op::Pay, Lie::of(Deed::OtherCurrency)),
            Buyer::PaysForAnother => self.sim.next(Op::Pay, Lie::of(Deed::OtherPayment)),
            Buyer::PaysAfterTheEnd => _ = self.sim.expire(payment),
            _ => {}
        }
        assert!(self.sim.pay(payment, how));
        if let Buyer::GivesUp = deed {
            self.sim.expire(payment);
        }
    }

    /// Every webhook so far, oldest first, once this many are over.
    pub async fn webhooks(&self, count: u64) -> Vec<(HeaderMap, Vec<u8>)> {
        self.sim.wait_for_hooks(count).await;
        let sent = self.sim.record().hooks.into_iter();
        sent.map(|sent| {
            let mut headers = HeaderMap::new();
            for (name, value) in &sent.headers {
                let name: HeaderName = name.parse().unwrap();
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
            (headers, sent.body.into_bytes())
        })
        .collect()
    }

    pub fn hook<'a>(&self, (headers, body): &'a (HeaderMap, Vec<u8>)) -> Webhook<'a> {
        Webhook { headers, body, at: self.now() }
    }

    /// What the far side itself remembers having taken: our id and the amount.
    pub fn truly_captured(&self) -> Vec<(String, Money)> {
        let captures = self.sim.captures().into_iter();
        captures
            .map(|row| {
                let currency = Currency::parse(&row.currency).unwrap();
                (row.payment, Money::new(row.amount_minor, currency))
            })
            .collect()
    }

    /// How many payments the far side has open or behind it.
    pub fn truly_created(&self) -> usize {
        self.sim.payments().len()
    }

    /// What the far side itself remembers having given back, in minor units.
    pub fn truly_refunded(&self) -> Vec<i64> {
        self.sim.refunds().iter().map(|refund| refund.amount_minor).collect()
    }
}

/// The amounts that a poll finds.
pub async fn found(gateway: &dyn Gateway, asked: &Asked) -> Vec<(String, Money)> {
    match gateway.poll(asked).await.unwrap() {
        Standing::Captured { captures } => {
            captures.into_iter().map(|capture| (capture.payment, capture.amount)).collect()
        }
        other => panic!("{other:?}"),
    }
}
