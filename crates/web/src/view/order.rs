//! One order as its customer sees it: the timeline that moves, the proof, the sign-in, and the
//! page where people come back from paying. Nothing here can hold an address before delivery.

use askama::Template;
use domain::id::{AttemptId, Chance, ServerId};
use domain::money::{Currency, Money};
use domain::order::{Stage, Standing, Stop};
use domain::quote::Quote;
use fluent_bundle::FluentValue;

use super::bill::Bill;
use super::build::{Build, Facts, Happened};
use super::frame::sample_time;
use super::paper::OrderPapers;
use super::when::Moment;
use super::{Choice, Field, Frame, Here, Said, Sample};
use crate::language::Language;

/// `/orders/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "order/show.html")]
pub struct Show {
    pub frame: Frame,
    pub number: String,
    pub receipt: String,
    pub block: super::block::Block,
    pub memory: String,
    pub system: String,
    pub bill: Bill,
    pub ordered: Moment,
    pub papers: OrderPapers,
    pub live: Live,
}

/// The part of the page that moves by itself.
#[derive(Clone, Debug)]
pub struct Live {
    pub id: String,
    pub version: i64,
    pub build: Build,
    /// What there is to pay, and how.
    pub pay: Option<Pay>,
    /// What is owed and could be in their wallet, in words.
    pub creditable: Vec<String>,
    /// Money back or waiting: offered for a purchase that nobody has heard of for a while.
    pub may_choose: bool,
    pub refund: Option<Refund>,
    pub may_ask_refund: bool,
    pub proof: Option<Proof>,
}

/// Money that a customer asked back, and what was answered, in words.
#[derive(Clone, Debug)]
pub struct Refund {
    pub title: String,
    pub sentence: String,
    /// What staff wrote to them.
    pub quote: Option<String>,
}

impl Refund {
    pub fn asked(at: &Moment, language: Language) -> Refund {
        let sentence = language.say_with("refund-asked-more", "at", at.text.as_str());
        Refund { title: language.say("refund-asked"), sentence, quote: None }
    }

    /// `times`: when it was asked for, and when it was answered.
    pub fn given(times: (&Moment, &Moment), language: Language) -> Refund {
        let sentence = language.say_all("refund-given-more", named(times));
        Refund { title: language.say("refund-given"), sentence, quote: None }
    }

    pub fn declined(times: (&Moment, &Moment), why: Option<String>, language: Language) -> Refund {
        let sentence = language.say_all("refund-declined-more", named(times));
        Refund { title: language.say("refund-declined"), sentence, quote: why }
    }
}

fn named<'a>((asked, at): (&'a Moment, &'a Moment)) -> [(&'static str, FluentValue<'a>); 2] {
    [("asked", asked.text.as_str().into()), ("at", at.text.as_str().into())]
}

/// `/orders/{id}/refund-request`
#[derive(Clone, Debug, Template)]
#[template(path = "order/refund_request.html")]
pub struct AskRefund {
    pub frame: Frame,
    pub id: String,
    pub number: String,
    pub reason: Field,
}

/// The same part alone, as events carry it.
#[derive(Clone, Debug, Template)]
#[template(path = "order/live.html")]
pub struct Moving<'a> {
    pub frame: &'a Frame,
    pub live: &'a Live,
}

/// How an order can be paid now.
#[derive(Clone, Debug)]
pub struct Pay {
    pub amount: String,
    /// The gateway's page; none while no payment is open or nobody knows.
    pub url: Option<String>,
    /// Until when the server is held; none where it is not any more.
    pub held_until: Option<Moment>,
    pub state: Paying,
    /// Where there is more than one way, those that are not open now.
    pub ways: Vec<Choice>,
    /// What of the wallet is set aside for it.
    pub set_aside: Option<String>,
    /// What the wallet could pay of it instead.
    pub wallet: Option<FromWallet>,
}

/// What a wallet can pay of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FromWallet {
    /// In minor units.
    pub minor: i64,
    pub amount: String,
    /// Nothing is left to pay then.
    pub is_all: bool,
}

/// What buyers call a gateway, in the language of their page.
pub fn way_in(gateway: &str, language: Language) -> String {
    match gateway {
        "stripe" => language.say("way-card"),
        "simulated" => language.say("way-simulated"),
        other => way(other).to_owned(),
    }
}

/// What buyers call a gateway.
pub fn way(gateway: &str) -> &str {
    match gateway {
        "stripe" => "Card, by Stripe",
        other => gateway_name(other),
    }
}

/// What a gateway is called, by which its own dashboard is found.
pub fn gateway_name(gateway: &str) -> &str {
    match gateway {
        "cashfree" => "Cashfree",
        "razorpay" => "Razorpay",
        "upi" => "UPI",
        "stripe" => "Stripe",
        "simulated" => "Simulated gateway",
        "bank" => "Bank transfer",
        other => other,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paying {
    Open,
    /// It is not certain whether the gateway took it; it is asked.
    Unsure,
    Failed,
    /// No gateway is on: money comes by bank, and staff book it.
    ByHand,
}

/// What was sold, what was delivered, and when somebody checked.
#[derive(Clone, Debug)]
pub struct Proof {
    pub sold: String,
    pub delivered: String,
    pub checked: Moment,
    pub until: Option<Moment>,
}

/// The answer to "show my sign-in". Never kept, never cached.
#[derive(Clone, Debug, Template)]
#[template(path = "order/credentials.html")]
pub struct Credentials {
    pub frame: Frame,
    pub id: String,
    pub number: String,
    pub address: String,
    pub user: String,
    pub password: String,
    pub is_windows: bool,
    pub system: String,
    /// Whoever looks is the server's customer.
    pub is_theirs: bool,
}

/// `/payment/go/{payment}`: from here the buyer's browser posts to a gateway.
#[derive(Clone, Debug, Template)]
#[template(path = "order/go.html")]
pub struct Go {
    pub frame: Frame,
    /// Where it is looked at when nothing is paid.
    pub back: String,
    /// What is paid for.
    pub what: String,
    pub amount: String,
    pub action: String,
    pub fields: Vec<(&'static str, String)>,
}

/// `/payment/return`, where it cannot lead on to the order.
#[derive(Clone, Debug, Template)]
#[template(path = "order/return.html")]
pub struct Return {
    pub frame: Frame,
    pub outcome: Outcome,
    pub what: PaidFor,
    /// Where it is seen and paid by whoever it belongs to, once they are signed in.
    pub next: Option<String>,
    pub payment: String,
}

/// What a payment is for, as far as somebody is told who may be a stranger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaidFor {
    Server,
    Servers,
    Wallet,
}

/// What the gateway said when it was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Paid,
    /// Not yet, or it did not answer.
    Waiting,
    Failed,
    Unknown,
}

struct Sevens;
impl Chance for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

impl Live {
    fn sample(frame: &Frame, stage: Stage, happened: &[(&str, &str)]) -> Live {
        let happened: Vec<Happened> = happened
            .iter()
            .map(|(word, at)| Happened {
                word: (*word).to_owned(),
                at: sample_time(at),
                at_once: false,
            })
            .collect();
        let facts = Facts {
            standing: &Standing::new(stage),
            happened: &happened,
            block: "103.181.91.x",
            os: Some("Ubuntu 22"),
            amount: "₹999",
            due_by_hand: None,
        };
        Live {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            version: 3,
            build: Build::of(&facts, frame),
            pay: None,
            creditable: vec![],
            may_choose: false,
            refund: None,
            may_ask_refund: false,
            proof: None,
        }
    }
}

impl Show {
    fn sample(language: Language, stage: Stage, happened: usize) -> Show {
        const STORY: [(&str, &str); 6] = [
            ("ordered", "14:01:02"),
            ("paid", "14:01:40"),
            ("permitted", "14:01:41"),
            ("answered", "14:02:03"),
            ("matched", "14:03:19"),
            ("delivered", "14:03:21"),
        ];
        let frame = Frame { language, ..Frame::sample("ORD-7KQ2MX4TBN", Here::Servers) };
        let live = Live::sample(&frame, stage, &STORY[..happened]);
        let reload_s = if live.build.settled { None } else { Some(5) };
        Show {
            number: "ORD-7KQ2MX4TBN".into(),
            receipt: frame.receipt("🌊 103.181.91", "6"),
            block: super::block::Block::sample("103.181.91"),
            memory: "8 GB".into(),
            system: "Ubuntu 22".into(),
            bill: Bill::of(&Quote::plain(Money::major(999, Currency::INR)), language),
            ordered: frame.time(sample_time("14:01:02")),
            papers: OrderPapers::sample(happened, &frame),
            live,
            frame: Frame { reload_s, ..frame },
        }
    }

    fn sample_unpaid(language: Language, state: Paying, said: Option<Said>) -> Show {
        let mut show = Show::sample(language, Stage::Unpaid, 1);
        show.live.pay = Some(Pay {
            amount: "₹999".into(),
            url: (state == Paying::Open).then(|| "https://gateway.example/pay/1".into()),
            held_until: Some(show.frame.time(sample_time("14:16:02"))),
            ways: ["upi", "stripe"].map(|name| Choice::of(name, way_in(name, language))).into(),
            set_aside: (state == Paying::Failed).then(|| "₹500".into()),
            wallet: (state == Paying::Open).then(|| FromWallet {
                minor: 50_000,
                amount: "₹500".into(),
                is_all: false,
            }),
            state,
        });
        show.frame.said = said;
        show
    }
}

impl Sample for Show {
    fn samples(language: Language) -> Vec<(&'static str, Show)> {
        let now = sample_time("14:01:02");
        let attempt = || AttemptId::mint(now, &Sevens);
        let server = || ServerId::mint(now, &Sevens);
        let mut ready = Show::sample(language, Stage::Delivered(server()), 6);
        ready.live.proof = Some(Proof {
            sold: "103.181.91.x".into(),
            delivered: "103.181.91.50".into(),
            checked: ready.frame.time(sample_time("14:03:19")),
            until: Some(ready.frame.day(sample_time("14:03:21"))),
        });
        let [asked, at] = ["14:40:00", "14:52:00"].map(|at| ready.frame.time(sample_time(at)));
        let with = |refund, may_ask_refund| {
            let mut show = ready.clone();
            (show.live.refund, show.live.may_ask_refund) = (Some(refund), may_ask_refund);
            show
        };
        let why = match language.is_first() {
            true => "The server ran for 29 of its 30 days.",
            false => "सर्वर 30 में से 29 दिन चला।",
        };
        let refund_asked = with(Refund::asked(&asked, language), false);
        let refund_given = with(Refund::given((&asked, &at), language), false);
        let declined = with(Refund::declined((&asked, &at), Some(why.to_owned()), language), true);
        ready.live.may_ask_refund = true;
        let mut unheard = Show::sample(language, Stage::Unheard(attempt()), 3);
        unheard.live.may_choose = true;
        let mut owed = Show::sample(language, Stage::RefundPending, 3);
        owed.live.creditable = vec!["₹999".into()];
        vec![
            ("owed", owed),
            ("unpaid", Show::sample_unpaid(language, Paying::Open, None)),
            ("unsure", Show::sample_unpaid(language, Paying::Unsure, Some(Said::PaymentOpened))),
            ("failed", Show::sample_unpaid(language, Paying::Failed, None)),
            ("by-hand", Show::sample_unpaid(language, Paying::ByHand, None)),
            ("planned", Show::sample(language, Stage::Planned(attempt()), 2)),
            ("buying", Show::sample(language, Stage::Permitted(attempt()), 3)),
            ("installing", Show::sample(language, Stage::Verifying(server()), 4)),
            ("ready", ready),
            ("refund-asked", refund_asked),
            ("refund-given", refund_given),
            ("refund-declined", declined),
            ("unheard", unheard),
            ("wrong-server", Show::sample(language, Stage::Stopped(Stop::WrongServer), 4)),
            ("sold-out", Show::sample(language, Stage::Stopped(Stop::NoStock), 2)),
            ("held", Show::sample(language, Stage::OnHold(server()), 4)),
            ("refund", Show::sample(language, Stage::RefundPending, 3)),
        ]
    }
}

impl Sample for AskRefund {
    fn samples(language: Language) -> Vec<(&'static str, AskRefund)> {
        let page = |reason| AskRefund {
            frame: Frame::spoken_sample(language, "refund-title", Here::Servers),
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: "ORD-7KQ2MX4TBN".into(),
            reason,
        };
        let wrong =
            format!("{}{}", language.say("refused-invalid-reason"), language.say("full-stop"));
        vec![("empty", page(Field::default())), ("wrong", page(Field::wrong(" ", wrong)))]
    }
}

impl Sample for Credentials {
    fn samples(language: Language) -> Vec<(&'static str, Credentials)> {
        let linux = Credentials {
            frame: Frame::spoken_sample(language, "sign-in-title", Here::Servers),
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: "ORD-7KQ2MX4TBN".into(),
            address: "103.181.91.50".into(),
            user: "root".into(),
            password: "kV7#pQ2w!mZx".into(),
            is_windows: false,
            system: "Ubuntu 22".into(),
            is_theirs: true,
        };
        let windows = Credentials {
            user: "Administrator".into(),
            system: "Windows Server 2022".into(),
            is_windows: true,
            ..linux.clone()
        };
        vec![("linux", linux), ("windows", windows)]
    }
}

impl Sample for Go {
    fn samples(language: Language) -> Vec<(&'static str, Go)> {
        let page = Go {
            frame: Frame::spoken_sample(language, "go-title", Here::Elsewhere),
            back: "/orders/ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            what: "ORD-7KQ2MX4TBN, 🌊 103.181.91".into(),
            amount: "₹ 999.00".into(),
            action: "https://gateway.example/checkout".into(),
            fields: vec![("order", "gwo_7k2mxq4v9t3hpa6e".into())],
        };
        vec![("form", page)]
    }
}

impl Sample for Return {
    fn samples(language: Language) -> Vec<(&'static str, Return)> {
        let page = |outcome, what, next: Option<&str>| Return {
            frame: Frame::spoken_sample(language, "return-title", Here::Elsewhere).for_nobody(),
            outcome,
            what,
            next: next.map(Into::into),
            payment: "pay_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
        };
        let order = Some("/orders/ord_01");
        vec![
            ("paid", page(Outcome::Paid, PaidFor::Server, order)),
            ("paid-in", page(Outcome::Paid, PaidFor::Wallet, Some("/account/wallet"))),
            ("waiting", page(Outcome::Waiting, PaidFor::Servers, order)),
            ("failed", page(Outcome::Failed, PaidFor::Server, order)),
            ("unknown", page(Outcome::Unknown, PaidFor::Server, None)),
        ]
    }
}
