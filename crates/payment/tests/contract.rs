//! What every gateway's adapter must keep, tried over real HTTP against the far side's simulator.
//! Not for shapes: those are in each adapter's fixtures. A new gateway writes a `FarSide` and one
//! `contract!` line.

#![allow(clippy::unwrap_used)] // A test may panic.

use std::time::Duration;

use async_trait::async_trait;
use domain::money::{Currency, Money};
use http::{HeaderMap, HeaderValue};
use payment::simulated::{Adapter, Settings};
use payment::{Asked, BadWebhook, Created, Fault, Gateway, Standing, Wish};

/// What a test can make the far side do.
#[async_trait]
trait FarSide: Sized + Send + Sync {
    async fn start() -> Self;

    fn gateway(&self) -> &dyn Gateway;

    /// The next request to open a payment fares like this.
    fn next_create(&self, fate: CreateFate);

    /// The next poll fares like this.
    fn next_poll(&self, fate: PollFate);

    /// Nobody is at home.
    async fn down(&self);

    /// Somebody picks up and hangs up before listening.
    async fn hangs_up(&self);

    /// The buyer does something.
    fn buyer(&self, payment: &str, deed: Buyer);

    /// Every webhook so far, oldest first, once this many are over.
    async fn webhooks(&self, count: u64) -> Vec<(HeaderMap, Vec<u8>)>;

    /// What the far side itself remembers having taken: our id and the amount.
    fn truly_captured(&self) -> Vec<(String, Money)>;

    /// How many payments the far side has open or behind it.
    fn truly_created(&self) -> usize;
}

#[derive(Debug, Clone, Copy)]
enum CreateFate {
    Refused,
    OpenedButLost,
    OpenedButHtml,
    OpenedBut500,
    Hangs,
    Redirected,
}

#[derive(Debug, Clone, Copy)]
enum PollFate {
    Lost,
    Truncated,
    Html,
    Empty,
    Down,
    Hangs,
    PaidByNothing,
}

#[derive(Debug, Clone, Copy)]
enum Buyer {
    Pays,
    Fails,
    PaysTwice,
    PaysHalf,
    PaysInDollars,
    PaysAfterTheEnd,
}

/// The far side of the simulated gateway.
struct Simulated {
    far: sim::gateway::Gateway,
    adapter: Adapter,
}

#[async_trait]
impl FarSide for Simulated {
    async fn start() -> Simulated {
        let mut config = sim::gateway::Config::default();
        config.settings.hook_tries = 1;
        let far = sim::gateway::Gateway::start(config.clone()).await.unwrap();
        let adapter = Adapter::new(Settings {
            base_url: far.url().parse().unwrap(),
            merchant_key: config.merchant_key,
            webhook_secret: config.webhook_secret,
            timeout: Duration::from_millis(500),
        });
        Simulated { far, adapter: adapter.unwrap() }
    }

    fn gateway(&self) -> &dyn Gateway {
        &self.adapter
    }

    fn next_create(&self, fate: CreateFate) {
        use sim::gateway::{Answer, Deed, Lie, Op};
        let lie = match fate {
            CreateFate::Refused => Lie::of(Deed::Refuse),
            CreateFate::OpenedButLost => Lie::answering(Answer::Lost),
            CreateFate::OpenedButHtml => Lie::answering(Answer::Html),
            CreateFate::OpenedBut500 => Lie::status(500),
            CreateFate::Hangs => Lie::answering(Answer::Hang),
            CreateFate::Redirected => Lie::answering(Answer::Redirect),
        };
        self.far.next(Op::Create, lie);
    }

    fn next_poll(&self, fate: PollFate) {
        use sim::gateway::{Answer, Deed, Lie, Op};
        let lie = match fate {
            PollFate::Lost => Lie::answering(Answer::Lost),
            PollFate::Truncated => Lie::answering(Answer::Truncated),
            PollFate::Html => Lie::answering(Answer::Html),
            PollFate::Empty => Lie::answering(Answer::Empty),
            PollFate::Down => Lie::status(502),
            PollFate::Hangs => Lie::answering(Answer::Hang),
            PollFate::PaidByNothing => Lie::of(Deed::NoCaptures),
        };
        self.far.next(Op::Poll, lie);
    }

    async fn down(&self) {
        self.far.doorway(sim::gateway::Doorway::Refuse).await;
    }

    async fn hangs_up(&self) {
        self.far.doorway(sim::gateway::Doorway::Drop).await;
    }

    fn buyer(&self, payment: &str, deed: Buyer) {
        use sim::gateway::{Deed, How, Lie, Op};
        let how = match deed {
            Buyer::Fails => How::Fail,
            Buyer::PaysTwice => How::PayTwice,
            _ => How::Pay,
        };
        match deed {
            Buyer::PaysHalf => self.far.next(Op::Pay, Lie::of(Deed::WrongAmount)),
            Buyer::PaysInDollars => self.far.next(Op::Pay, Lie::of(Deed::OtherCurrency)),
            Buyer::PaysAfterTheEnd => _ = self.far.expire(payment),
            _ => {}
        }
        assert!(self.far.pay(payment, how));
    }

    async fn webhooks(&self, count: u64) -> Vec<(HeaderMap, Vec<u8>)> {
        self.far.wait_for_hooks(count).await;
        let sent = self.far.record().hooks.into_iter();
        sent.map(|sent| {
            let mut headers = HeaderMap::new();
            let value = |text: &str| HeaderValue::from_str(text).unwrap();
            headers.insert("x-gateway-timestamp", value(&sent.timestamp));
            headers.insert("x-gateway-signature", value(&sent.signature));
            (headers, sent.body.into_bytes())
        })
        .collect()
    }

    fn truly_captured(&self) -> Vec<(String, Money)> {
        let captures = self.far.captures().into_iter();
        captures
            .map(|row| {
                let currency = Currency::parse(&row.currency).unwrap();
                (row.payment, Money::new(row.amount_minor, currency))
            })
            .collect()
    }

    fn truly_created(&self) -> usize {
        self.far.payments().len()
    }
}

fn wish(payment: &str) -> Wish {
    Wish {
        payment: payment.to_owned(),
        amount: Money::major(699, Currency::INR),
        purpose: "103.181.91, 8 GB".to_owned(),
        buyer_name: "Ada".to_owned(),
        buyer_email: "ada@example.org".to_owned(),
        return_url: "http://127.0.0.1:9/back".to_owned(),
        // Nobody listens there: a webhook is read from the far side's record.
        notify_url: "http://127.0.0.1:9/hook".to_owned(),
    }
}

/// Opens a payment that must open, and returns how to ask for it.
async fn open(gateway: &dyn Gateway, payment: &str) -> Asked {
    match gateway.create(&wish(payment)).await {
        Created::Open { gateway_order, .. } => {
            Asked { payment: payment.to_owned(), gateway_order: Some(gateway_order) }
        }
        other => panic!("{other:?}"),
    }
}

fn by_our_id(payment: &str) -> Asked {
    Asked { payment: payment.to_owned(), gateway_order: None }
}

/// The amounts that a poll finds.
async fn found(gateway: &dyn Gateway, asked: &Asked) -> Vec<(String, Money)> {
    match gateway.poll(asked).await.unwrap() {
        Standing::Captured { captures } => {
            captures.into_iter().map(|capture| (capture.payment, capture.amount)).collect()
        }
        other => panic!("{other:?}"),
    }
}

async fn a_payment_is_pending_until_it_is_paid_and_then_captured_as_it_was<F: FarSide>() {
    let far = F::start().await;
    let asked = open(far.gateway(), "pay_1").await;
    assert_eq!(far.gateway().poll(&asked).await.unwrap(), Standing::Pending);
    far.buyer("pay_1", Buyer::Pays);
    assert_eq!(found(far.gateway(), &asked).await, far.truly_captured());
    assert_eq!(found(far.gateway(), &by_our_id("pay_1")).await, far.truly_captured());
}

async fn asking_again_with_the_same_id_opens_no_second_payment<F: FarSide>() {
    let far = F::start().await;
    let first = open(far.gateway(), "pay_1").await;
    let second = open(far.gateway(), "pay_1").await;
    assert_eq!(first.gateway_order, second.gateway_order);
    assert_eq!(far.truly_created(), 1);
}

async fn a_refusal_is_a_refusal_only_when_nothing_was_opened<F: FarSide>() {
    let far = F::start().await;
    far.next_create(CreateFate::Refused);
    let refused = far.gateway().create(&wish("pay_1")).await;
    assert!(matches!(refused, Created::Refused { .. }), "{refused:?}");
    assert_eq!(far.truly_created(), 0);
    assert_eq!(far.gateway().poll(&by_our_id("pay_1")).await.unwrap(), Standing::Absent);
}

async fn a_lost_answer_is_unknown_and_the_payment_is_found_by_our_id<F: FarSide>() {
    for fate in [
        CreateFate::OpenedButLost,
        CreateFate::OpenedButHtml,
        CreateFate::OpenedBut500,
        CreateFate::Hangs,
        CreateFate::Redirected,
    ] {
        let far = F::start().await;
        far.next_create(fate);
        let unknown = far.gateway().create(&wish("pay_1")).await;
        assert!(matches!(unknown, Created::Unknown { .. }), "{fate:?} {unknown:?}");
        assert_eq!(far.truly_created(), 1, "{fate:?}");
        let asked = by_our_id("pay_1");
        assert_eq!(far.gateway().poll(&asked).await.unwrap(), Standing::Pending, "{fate:?}");
    }
}

async fn a_gateway_that_is_not_at_home_has_certainly_created_nothing<F: FarSide>() {
    let far = F::start().await;
    far.down().await;
    let refused = far.gateway().create(&wish("pay_1")).await;
    assert!(matches!(refused, Created::Refused { .. }), "{refused:?}");
    let poll = far.gateway().poll(&by_our_id("pay_1")).await;
    assert!(matches!(poll, Err(Fault::Unreachable { .. })), "{poll:?}");
    assert_eq!(far.truly_created(), 0);
}

async fn a_gateway_that_hangs_up_may_have_created_something<F: FarSide>() {
    let far = F::start().await;
    far.hangs_up().await;
    let unknown = far.gateway().create(&wish("pay_1")).await;
    assert!(matches!(unknown, Created::Unknown { .. }), "{unknown:?}");
}

async fn a_failure_is_told_as_a_failure<F: FarSide>() {
    let far = F::start().await;
    let asked = open(far.gateway(), "pay_1").await;
    far.buyer("pay_1", Buyer::Fails);
    let standing = far.gateway().poll(&asked).await.unwrap();
    assert!(matches!(standing, Standing::Failed { .. }), "{standing:?}");
}

async fn all_money_is_told_exactly_as_it_was_taken<F: FarSide>() {
    for deed in [Buyer::PaysTwice, Buyer::PaysHalf, Buyer::PaysInDollars, Buyer::PaysAfterTheEnd] {
        let far = F::start().await;
        let asked = open(far.gateway(), "pay_1").await;
        far.buyer("pay_1", deed);
        assert_eq!(found(far.gateway(), &asked).await, far.truly_captured(), "{deed:?}");
    }
}

async fn a_bad_answer_to_a_poll_is_a_fault_and_the_next_one_is_right<F: FarSide>() {
    let far = F::start().await;
    let asked = open(far.gateway(), "pay_1").await;
    far.buyer("pay_1", Buyer::Pays);
    for fate in [
        PollFate::Lost,
        PollFate::Truncated,
        PollFate::Html,
        PollFate::Empty,
        PollFate::Down,
        PollFate::Hangs,
        PollFate::PaidByNothing,
    ] {
        far.next_poll(fate);
        let standing = far.gateway().poll(&asked).await;
        assert!(standing.is_err(), "{fate:?} {standing:?}");
    }
    assert_eq!(found(far.gateway(), &asked).await.len(), 1);
}

async fn a_poll_for_another_order_than_was_opened_is_a_fault<F: FarSide>() {
    let far = F::start().await;
    open(far.gateway(), "pay_1").await;
    let other = open(far.gateway(), "pay_2").await;
    let mixed = Asked { payment: "pay_1".to_owned(), ..other };
    assert!(far.gateway().poll(&mixed).await.is_err());
}

async fn a_webhook_is_believed_only_with_its_own_bytes<F: FarSide>() {
    let far = F::start().await;
    open(far.gateway(), "pay_1").await;
    far.buyer("pay_1", Buyer::Pays);
    let (headers, body) = far.webhooks(1).await.remove(0);
    let hint = far.gateway().read_webhook(&headers, &body).unwrap();
    assert_eq!(hint.payment, "pay_1");
    assert!(!hint.event.is_empty());
    assert_eq!(far.gateway().read_webhook(&headers, &body), Ok(hint), "a replay reads the same");

    let changed = String::from_utf8(body.clone()).unwrap().replace("pay_1", "pay_2");
    let forged = far.gateway().read_webhook(&headers, changed.as_bytes());
    assert_eq!(forged, Err(BadWebhook::Forged));
    let unsigned = far.gateway().read_webhook(&HeaderMap::new(), &body);
    assert_eq!(unsigned, Err(BadWebhook::Forged));
}

/// Every promise, for one gateway.
macro_rules! contract {
    ($module:ident, $far:ty: $($promise:ident,)*) => {
        mod $module {
            $(#[tokio::test]
            async fn $promise() {
                super::$promise::<$far>().await;
            })*
        }
    };
}

contract! {
    simulated, super::Simulated:
    a_payment_is_pending_until_it_is_paid_and_then_captured_as_it_was,
    asking_again_with_the_same_id_opens_no_second_payment,
    a_refusal_is_a_refusal_only_when_nothing_was_opened,
    a_lost_answer_is_unknown_and_the_payment_is_found_by_our_id,
    a_gateway_that_is_not_at_home_has_certainly_created_nothing,
    a_gateway_that_hangs_up_may_have_created_something,
    a_failure_is_told_as_a_failure,
    all_money_is_told_exactly_as_it_was_taken,
    a_bad_answer_to_a_poll_is_a_fault_and_the_next_one_is_right,
    a_poll_for_another_order_than_was_opened_is_a_fault,
    a_webhook_is_believed_only_with_its_own_bytes,
}
