//! What gateways answer: money is never negative, never twice under one id, never for nobody; and
//! what cannot be read is no refusal. An input is one or more answers, told one after the other.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use futures_util::FutureExt;
use payment::{
    Asked, Capture, Carrier, Created, Fault, Gateway, Line, Refund, RefundStanding, Refunded,
    Reply, Silence, Standing, Taken, Wish, cashfree, razorpay, simulated, stripe, upi,
};
use serde_json::Value;
use url::Url;

/// Between two answers of one input.
const NEXT: &[u8] = b"\n--\n";
/// An answer that begins with it and a line's rest has that status; the others have 200.
const STATUS: &[u8] = b"HTTP ";
pub const SECRET: &str = "Planted-7x-Gateway";

/// A gateway and the names that its fixtures use.
struct Played {
    make: fn(Arc<dyn Carrier>) -> Arc<dyn Gateway>,
    order: &'static str,
    money: &'static str,
}

const RAZORPAY: Played =
    Played { make: make_razorpay, order: "order_Q7k2mxq4v9t3hp", money: "pay_Qa" };
const CASHFREE: Played = Played { make: make_cashfree, order: "2149460581", money: "12376123" };
const STRIPE: Played = Played { make: make_stripe, order: "cs_test_a1", money: "pi_a1" };
const UPI: Played = Played { make: make_upi, order: "63018", money: "330012345678" };
const SIMULATED: Played =
    Played { make: make_simulated, order: "gwo_7k2mxq4v9t3hpa6e", money: "gwp_a" };

pub fn razorpay(told: &[u8]) {
    RAZORPAY.try_all(told);
}

pub fn cashfree(told: &[u8]) {
    CASHFREE.try_all(told);
}

pub fn stripe(told: &[u8]) {
    STRIPE.try_all(told);
}

pub fn upi(told: &[u8]) {
    UPI.try_all(told);
}

pub fn simulated(told: &[u8]) {
    SIMULATED.try_all(told);
}

pub fn razorpay_seeds() -> Vec<Vec<u8>> {
    seeds("payment/src/razorpay")
}

pub fn cashfree_seeds() -> Vec<Vec<u8>> {
    seeds("payment/src/cashfree")
}

pub fn stripe_seeds() -> Vec<Vec<u8>> {
    seeds("payment/src/stripe")
}

pub fn upi_seeds() -> Vec<Vec<u8>> {
    seeds("payment/src/upi")
}

pub fn simulated_seeds() -> Vec<Vec<u8>> {
    seeds("payment/src/simulated")
}

/// Every answer alone, every two in a row, and errors under the statuses they come with.
fn seeds(adapter: &str) -> Vec<Vec<u8>> {
    let answers = super::fixtures(adapter);
    let mut seeds: Vec<Vec<u8>> = answers.iter().map(|(_, body)| body.clone()).collect();
    for (_, first) in &answers {
        seeds.extend(answers.iter().map(|(_, second)| [first, NEXT, second].concat()));
    }
    for (_, error) in answers.iter().filter(|(name, _)| name.starts_with("error")) {
        for status in ["400", "404", "409", "500"] {
            seeds.push([STATUS, status.as_bytes(), b"\n", error].concat());
        }
    }
    seeds
}

impl Played {
    fn try_all(&self, told: &[u8]) {
        let replies = replies(told);
        let known = Named::of(&replies);
        for order in [Some(self.order.to_owned()), None] {
            let created_at = now();
            let asked = Asked { payment: "pay_01".to_owned(), gateway_order: order, created_at };
            let standing = self.twice(&replies, |gateway| now_or_never(gateway.poll(&asked)));
            standing_holds(&standing, &known);
        }
        let wish = wish();
        created_holds(&self.twice(&replies, |gateway| now_or_never(gateway.create(&wish))));
        let held = self.held();
        let taken = self.twice(&replies, |gateway| now_or_never(gateway.capture(&held)));
        if let Taken::Captured(capture) = taken {
            let fee = capture.fee;
            assert_eq!(Capture { fee, ..held }, capture, "another capture than the one asked for");
        }
        self.refunds_hold(&replies, &known);
    }

    fn refunds_hold(&self, replies: &[Reply], known: &Named) {
        let refund = Refund {
            refund: "rfd_1".to_owned(),
            payment: "pay_01".to_owned(),
            gateway_payment: self.money.to_owned(),
            amount: Money::major(699, Currency::INR),
            note: "sold out".to_owned(),
        };
        // One of them takes letters and digits alone.
        let named = known.has("rfd_1") || known.has("rfd1");
        let refunded = self.twice(replies, |gateway| now_or_never(gateway.refund(&refund)));
        if let Refunded::Taken { gateway_refund, .. } = &refunded {
            assert!(
                named && !gateway_refund.is_empty(),
                "money went back for nobody: {refunded:?}"
            );
        }
        let ask = |gateway: &dyn Gateway| now_or_never(gateway.refund_standing(&refund));
        let standing = self.twice(replies, ask);
        let has_it = |standing: &RefundStanding| *standing != RefundStanding::Absent;
        assert!(named || !standing.as_ref().is_ok_and(has_it), "nobody named it: {standing:?}");
    }

    /// Asks twice, because the same bytes always mean the same.
    fn twice<T: Debug>(&self, replies: &[Reply], ask: impl Fn(&dyn Gateway) -> T) -> T {
        let once = || {
            let carrier = Telling(Mutex::new(replies.iter().cloned().collect()));
            ask(&*(self.make)(Arc::new(carrier)))
        };
        let (first, second) = (once(), once());
        let shown = format!("{first:?}");
        assert_eq!(shown, format!("{second:?}"), "the same bytes mean the same");
        // Who knows a secret may say it; nobody else's answer may hold one.
        let is_known = replies.iter().any(|reply| says(&reply.body, SECRET));
        assert!(is_known || !shown.contains(SECRET), "a secret in {shown}");
        first
    }

    fn held(&self) -> Capture {
        Capture {
            gateway_payment: self.money.to_owned(),
            payment: "pay_01".to_owned(),
            gateway_order: self.order.to_owned(),
            amount: Money::major(699, Currency::INR),
            fee: None,
        }
    }
}

fn standing_holds(standing: &Result<Standing, Fault>, known: &Named) {
    let captures = match standing {
        Ok(Standing::Captured { captures }) => captures,
        Ok(Standing::Authorised { held }) => held,
        Ok(Standing::Pending | Standing::Failed { .. } | Standing::Absent) => return,
        Err(fault) => {
            assert!(fault.to_string().chars().count() <= 1_000);
            return;
        }
    };
    assert!(!captures.is_empty(), "paid by nothing");
    let ids: BTreeSet<_> = captures.iter().map(|capture| &capture.gateway_payment).collect();
    assert_eq!(ids.len(), captures.len(), "one id for two movements: {captures:?}");
    for capture in captures {
        let Capture { gateway_payment, payment, amount, fee, .. } = capture;
        assert!(amount.minor > 0, "{capture:?}");
        assert!(fee.is_none_or(|fee| fee.minor >= 0), "{capture:?}");
        assert!((1..=100).contains(&gateway_payment.len()), "{capture:?}");
        assert!(known.has(gateway_payment), "nobody named {gateway_payment}");
        // Money that names nobody is foreign to whoever books it.
        assert!(payment.is_empty() || known.has(payment), "nobody named {payment}");
    }
}

fn created_holds(created: &Created) {
    let Created::Open { gateway_order, pay_url, .. } = created else { return };
    assert!((1..=100).contains(&gateway_order.len()), "{created:?}");
    if let Some(address) = pay_url {
        let url = Url::parse(address).expect("an address that a browser can follow");
        assert!(matches!(url.scheme(), "http" | "https"), "{created:?}");
    }
}

fn wish() -> Wish {
    Wish {
        payment: "pay_01".to_owned(),
        amount: Money::major(699, Currency::INR),
        purpose: "ORD-1 103.181.91".to_owned(),
        buyer_name: "Ada".to_owned(),
        buyer_email: "ada@example.org".to_owned(),
        buyer_phone: None,
        return_url: "https://shop.test/payment/return?client_txn_id=pay_01".to_owned(),
        notify_url: "https://shop.test/hook".to_owned(),
        expires_at: now(),
    }
}

pub fn now() -> Timestamp {
    Timestamp::from_millis(1_795_269_840_000)
}

/// Whether a part of the text stands there: the fuzzer learns from every comparison.
fn says(bytes: &[u8], text: &str) -> bool {
    bytes.windows(8).any(|window| text.as_bytes().windows(8).any(|part| part == window))
}

/// The answers of an input, in their order.
fn replies(told: &[u8]) -> Vec<Reply> {
    let mut replies = Vec::new();
    let mut rest = told;
    while let Some(at) = rest.windows(NEXT.len()).position(|window| window == NEXT) {
        replies.push(reply(&rest[..at]));
        rest = &rest[at + NEXT.len()..];
    }
    replies.push(reply(rest));
    replies
}

fn reply(bytes: &[u8]) -> Reply {
    let told = bytes.strip_prefix(STATUS).and_then(|rest| {
        let line = rest.iter().position(|byte| *byte == b'\n')?;
        let status = std::str::from_utf8(&rest[..line]).ok()?.trim().parse().ok()?;
        Some(Reply { status, retry_after: None, body: rest[line + 1..].to_vec() })
    });
    told.unwrap_or_else(|| Reply { status: 200, retry_after: None, body: bytes.to_vec() })
}

/// Who is named in the answers: every text and number that stands anywhere in them.
#[derive(Default)]
struct Named {
    scalars: BTreeSet<String>,
    /// Answers with something in them that no JSON may hold, in a field that nobody reads.
    strange: Vec<String>,
}

impl Named {
    fn of(replies: &[Reply]) -> Named {
        let mut named = Named::default();
        for reply in replies {
            match serde_json::from_slice(&reply.body) {
                Ok(value) => named.collect(&value),
                Err(_) => named.strange.push(String::from_utf8_lossy(&reply.body).into_owned()),
            }
        }
        named
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::String(text) => _ = self.scalars.insert(text.clone()),
            Value::Number(number) => _ = self.scalars.insert(number.to_string()),
            Value::Array(values) => values.iter().for_each(|value| self.collect(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.collect(value)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn has(&self, name: &str) -> bool {
        self.scalars.contains(name) || self.strange.iter().any(|text| text.contains(name))
    }
}

/// The last answer is repeated for whoever goes on asking.
struct Telling(Mutex<VecDeque<Reply>>);

#[async_trait]
impl Carrier for Telling {
    async fn exchange(&self, _: http::Request<Vec<u8>>) -> Result<Reply, Silence> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = if left.len() > 1 { left.pop_front() } else { left.front().cloned() };
        next.ok_or(Silence::Lost { reason: "nothing is told".to_owned() })
    }
}

/// Nothing here waits: the carrier has its answers ready.
fn now_or_never<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("an adapter waits for its carrier alone")
}

fn line(gateway: &'static str, carrier: Arc<dyn Carrier>) -> Line {
    let base = Url::parse("https://gateway.test").expect("an address");
    Line::by(gateway, base, carrier).expect("an address of a server")
}

pub fn make_razorpay(carrier: Arc<dyn Carrier>) -> Arc<dyn Gateway> {
    let (key_id, key_secret) = ("rzp_1".to_owned(), SECRET.into());
    let keys = razorpay::Keys { key_id, key_secret, webhook_secret: SECRET.into() };
    Arc::new(razorpay::Adapter::new(keys, line(razorpay::NAME, carrier)))
}

pub fn make_cashfree(carrier: Arc<dyn Carrier>) -> Arc<dyn Gateway> {
    let keys = cashfree::Keys { app_id: "app_1".to_owned(), secret_key: SECRET.into() };
    Arc::new(cashfree::Adapter::new(keys, line(cashfree::NAME, carrier)))
}

pub fn make_stripe(carrier: Arc<dyn Carrier>) -> Arc<dyn Gateway> {
    let keys = stripe::Keys { secret_key: SECRET.into(), webhook_secret: SECRET.into() };
    Arc::new(stripe::Adapter::new(keys, line(stripe::NAME, carrier)))
}

pub fn make_upi(carrier: Arc<dyn Carrier>) -> Arc<dyn Gateway> {
    let keys = upi::Keys { api_key: SECRET.into() };
    Arc::new(upi::Adapter::new(keys, line(upi::NAME, carrier)))
}

pub fn make_simulated(carrier: Arc<dyn Carrier>) -> Arc<dyn Gateway> {
    let keys = simulated::Keys { merchant_key: SECRET.into(), webhook_secret: SECRET.into() };
    Arc::new(simulated::Adapter::new(keys, line(simulated::NAME, carrier)))
}

/// A gateway that nobody reaches: for whoever only reads what is brought to him.
pub struct Nobody;

#[async_trait]
impl Carrier for Nobody {
    async fn exchange(&self, _: http::Request<Vec<u8>>) -> Result<Reply, Silence> {
        Err(Silence::NotSent { reason: "nobody is there".to_owned() })
    }
}
