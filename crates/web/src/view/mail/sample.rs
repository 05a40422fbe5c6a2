//! A mail of each kind, with the facts of a day that could be: for the gallery and for tests.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::coupon::Kind;
use domain::id::{Chance, OrderId};
use domain::money::{Currency, Money};
use domain::order::{News as Happened, Remedy};
use engine::brand::Brand;
use engine::mail::text::{FIRST_LANGUAGE, OwnTexts, TextWords};
use engine::mail::told::{
    About, AccountNews, AccountTold, DayTold, Deed, Gift, Listed, News, OrderTold, Told, Trouble,
};
use engine::secret::Secret;

use crate::language::Language;
use crate::view::frame::sample_time;

impl Sampled {
    /// Its name and the code of its language, as addresses have it: `paid`, `paid.hi`.
    pub fn address(&self) -> String {
        let code = self.told.language.as_deref();
        code.map_or_else(|| self.name.to_owned(), |code| format!("{}.{code}", self.name))
    }

    /// What `address` names.
    pub fn named(address: &str) -> Option<Sampled> {
        every_sample().into_iter().find(|sample| sample.address() == address)
    }

    /// The code of its language.
    pub fn code(&self) -> &str {
        self.told.language.as_deref().unwrap_or(FIRST_LANGUAGE)
    }

    /// What staff have it say, where they do.
    pub fn text_of(&self, own: &OwnTexts) -> Option<TextWords> {
        own.get(&(self.name.to_owned(), self.code().to_owned())).cloned()
    }

    /// For somebody who reads it in another language, where it speaks several.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Option<Sampled> {
        let is_customers = matches!(self.told.about, About::Order(..) | About::Account(..));
        self.told.language = Some(language.code().to_owned());
        is_customers.then_some(self)
    }
}

/// One sample: a name that can be a file's, in words what it is, and what it tells.
pub struct Sampled {
    pub name: &'static str,
    pub what: &'static str,
    pub told: Told,
}

struct Always;

impl Chance for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

pub fn samples() -> Vec<Sampled> {
    [of_orders(), of_accounts(), of_wallets(), for_staff()].into_iter().flatten().collect()
}

/// Each in every language that it speaks.
pub fn every_sample() -> Vec<Sampled> {
    let others = Language::all().filter(|language| !language.is_first());
    let others = others.flat_map(|language| {
        samples().into_iter().filter_map(move |sample| sample.in_language(language))
    });
    samples().into_iter().chain(others).collect()
}

fn sample(name: &'static str, what: &'static str, about: About) -> Sampled {
    let is_known = !matches!(about, About::Account(AccountNews::UnknownAddress, _));
    let is_theirs = matches!(about, About::Order(..) | About::Account(..)) && is_known;
    let name_of = if is_theirs { "Asha Menon" } else { "" };
    let told = Told {
        name: name_of.into(),
        language: None,
        at: sample_time("14:03:00"),
        brand: Brand::default(),
        text: None,
        about,
    };
    Sampled { name, what, told }
}

fn of_orders() -> Vec<Sampled> {
    let order = |name, what, news, order| sample(name, what, About::Order(news, Box::new(order)));
    let happened = |name, what, news, told| order(name, what, News::Happened(news), told);
    vec![
        happened("ordered", "An order was made", Happened::Ordered, ordered()),
        happened("paid", "It was paid", Happened::Paid, ordered()),
        happened("paid-too-late", "Money came too late", Happened::PaidTooLate, ordered()),
        happened("delivered", "The server is theirs", Happened::Delivered, delivered()),
        happened("replaced", "A new server in place of another", Happened::Replaced, delivered()),
        happened("held", "It waits for a person", Happened::Held, held()),
        happened("choice", "Wait, or money back", Happened::Choice, ordered()),
        happened("money-back", "Money was sent back", Happened::MoneyBack, back()),
        happened("credited", "Money became credit", Happened::MoneyBack, credited()),
        order("remedy-refund", "Staff give money back", News::Remedy, decided(Remedy::Refund)),
        order("remedy-refund-part", "Staff give a part back", News::Remedy, in_part()),
        order("remedy-again", "Staff buy again", News::Remedy, decided(Remedy::Reprovision)),
        order("remedy-accept", "The order is changed", News::Remedy, decided(Remedy::Accept)),
        order("remedy-less", "Something cheaper is accepted", News::Remedy, cheaper()),
        order("remedy-free-month", "Money back, and the server stays", News::Remedy, free_month()),
        order("remedy-discount", "A code for the next order", News::Remedy, discounted()),
        order("remedy-extend", "More time", News::Remedy, extended()),
        order("refund-declined", "No money back, and why", News::RefundDeclined, declined()),
        order("apology", "Making good for an incident", News::Apology, extended()),
    ]
}

fn of_accounts() -> Vec<Sampled> {
    let account = |name, what, news, token: Option<&str>| {
        let until = token.map(|_| sample_time("14:33:00"));
        let token = token.map(Secret::new);
        sample(name, what, About::Account(news, AccountTold { until, token, ..Default::default() }))
    };
    vec![
        account("verify-address", "Prove an address", AccountNews::Verify, Some("8c1f…")),
        account(
            "known-address",
            "A sign-up, and there is an account",
            AccountNews::KnownAddress,
            None,
        ),
        account("reset-password", "A forgotten password", AccountNews::Reset, Some("8c1f…")),
        account(
            "unknown-address",
            "A reset, and there is no account",
            AccountNews::UnknownAddress,
            None,
        ),
        account("staff-invited", "Somebody joins the staff", AccountNews::Invited, Some("8c1f…")),
        account("password-changed", "Another password", AccountNews::PasswordChanged, None),
        account("address-changed", "Another address", AccountNews::AddressChanged, None),
        account(
            "second-factor-off",
            "No second factor any more",
            AccountNews::SecondFactorOff,
            None,
        ),
    ]
}

fn of_wallets() -> Vec<Sampled> {
    let money = |name, what, news, note: Option<&str>| {
        let amount = Some(Money::new(50_000, Currency::INR));
        let note = note.map(str::to_owned);
        sample(name, what, About::Account(news, AccountTold { amount, note, ..Default::default() }))
    };
    let public = Some("For the two hours on 15 January.");
    vec![
        money("wallet-topped-up", "A top-up has arrived", AccountNews::ToppedUp, None),
        money("wallet-credited", "Staff give credit", AccountNews::Credited, public),
    ]
}

fn for_staff() -> Vec<Sampled> {
    vec![
        sample("low-stock", "For staff, once a day", About::LowStock(low())),
        sample("daily-summary", "For staff, every morning", About::Day(a_day())),
        sample("alerts", "For staff, when something is wrong", About::Alerts(wrong())),
        sample("test", "For staff, at the press of a button", About::Test),
    ]
}

fn a_day() -> DayTold {
    let rupees = |paise| vec![Money::new(paise, Currency::INR)];
    let listed = |why: &str, orders, overdue| Listed { why: why.into(), orders, overdue };
    DayTold {
        date: "2026-01-14".into(),
        paid: 27,
        delivered: 26,
        taken: rupees(7_136_640),
        returned: rupees(264_320),
        owed: rupees(99_900),
        listed: vec![listed("by-hand", 2, 0), listed("unheard", 1, 1)],
        open_alerts: 3,
        synced_at: Some(sample_time("14:02:00")),
    }
}

fn declined() -> OrderTold {
    let why = "The server ran for 29 of its 30 days, and did what it should.";
    OrderTold { problem: Some(why.into()), ..delivered() }
}

fn ordered() -> OrderTold {
    OrderTold {
        id: OrderId::mint(sample_time("14:03:00"), &Always),
        number: "ORD-7KQ2MX4TBN".into(),
        product: "🌊 103.181.91".into(),
        pid: "123".into(),
        ram_gb: 8,
        os: Some("Ubuntu 24.04".into()),
        days: 30,
        total: Money::new(264_320, Currency::INR),
        reserved_until: sample_time("14:18:00"),
        sold_until: None,
        address: None,
        problem: None,
        amount: None,
        to_wallet: false,
        deed: None,
    }
}

fn delivered() -> OrderTold {
    let month = Duration::from_secs(30 * 24 * 3_600);
    OrderTold {
        sold_until: Some(sample_time("14:09:00") + month),
        address: Some(Ipv4Addr::new(103, 181, 91, 50)),
        ..ordered()
    }
}

fn held() -> OrderTold {
    let problem = "SmartVPS assigned IP from wrong package! Requested: \"103.181.91\". Package \
         likely ran out of IPs. Please contact support.";
    OrderTold { problem: Some(problem.into()), ..ordered() }
}

fn back() -> OrderTold {
    OrderTold { amount: Some(Money::new(264_320, Currency::INR)), ..ordered() }
}

fn credited() -> OrderTold {
    OrderTold { to_wallet: true, ..back() }
}

fn deed(remedy: Remedy, public: &str) -> Option<Deed> {
    Some(Deed { remedy, days: None, public: Some(public.into()), gift: None })
}

fn decided(remedy: Remedy) -> OrderTold {
    let public = match remedy {
        Remedy::Refund => "We could not get a server from your block, and did not want another.",
        Remedy::Accept => "As you wrote to us, you keep the server that came.",
        _ => "The first server was not from the block that you ordered. You have not seen it.",
    };
    OrderTold { deed: deed(remedy, public), ..ordered() }
}

fn in_part() -> OrderTold {
    OrderTold { amount: Some(Money::new(50_000, Currency::INR)), ..decided(Remedy::Refund) }
}

fn gift() -> Option<Gift> {
    let until = sample_time("14:03:00") + Duration::from_secs(90 * 24 * 3_600);
    Some(Gift { code: "THANKS-7KQ2MX4TBN".into(), worth: Kind::Percent(20), until })
}

fn cheaper() -> OrderTold {
    let mut told = decided(Remedy::Accept);
    told.product = "🌊 103.182.44".into();
    told.amount = Some(Money::new(35_400, Currency::INR));
    told.deed = told.deed.map(|deed| Deed { gift: gift(), ..deed });
    told
}

fn free_month() -> OrderTold {
    let public = "Your server came late, and is not from the block that you ordered.";
    OrderTold { deed: deed(Remedy::RefundAndKeep, public), ..delivered() }
}

fn discounted() -> OrderTold {
    let deed = deed(Remedy::Discount, "You waited two days for a server that takes minutes.");
    OrderTold { deed: deed.map(|deed| Deed { gift: gift(), ..deed }), ..delivered() }
}

fn extended() -> OrderTold {
    let public = "On 15 January our payments went through and servers were not made for two hours. \
         That was our mistake, and it is mended.";
    let mut told = delivered();
    told.deed = deed(Remedy::Extend, public).map(|deed| Deed { days: Some(7), ..deed });
    told
}

fn trouble(kind: &str, text: &str) -> Trouble {
    Trouble { kind: kind.into(), text: text.into(), at: sample_time("13:58:00"), order: None }
}

fn low() -> Vec<Trouble> {
    vec![
        trouble("low-stock-5", "\"103.181.91\" (PID 123) has only 4 IPs left (warning level 5)"),
        trouble("low-stock-10", "\"103.195.160\" (PID 124) has only 9 IPs left (warning level 10)"),
    ]
}

fn wrong() -> Vec<Trouble> {
    vec![
        trouble(
            "wrong-server",
            "SmartVPS assigned IP from wrong package! Requested: \"103.181.91\", Got: \
             \"103.182.44.18\". Package likely ran out of IPs. Please contact support.",
        ),
        trouble("provider-paused", "SmartVPS is paused: our credentials were refused"),
    ]
}
