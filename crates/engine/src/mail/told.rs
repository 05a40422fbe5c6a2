//! What a mail tells, as plain values: read from its row, ready to be put into words.

use std::net::Ipv4Addr;

use domain::clock::Timestamp;
use domain::coupon;
use domain::id::{OrderId, ServerId};
use domain::money::{Currency, Money};
use domain::order::Remedy;
use serde::de::DeserializeOwned;
use store::day::DayFacts;
use store::mail::{AccountFacts, GiftFacts, Mail, OrderFacts, StaffFact};

use super::text::{FIRST_LANGUAGE, TextWords};
use crate::brand::Brand;
use crate::secret::Secret;
use crate::{Engine, Error, Result};

/// One mail before it has words.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whom it greets; empty where nobody knows.
    pub name: String,
    /// The code of what they read; without it, English.
    pub language: Option<String>,
    pub at: Timestamp,
    /// What the shop calls itself, and where it is reached.
    pub brand: Brand,
    /// What staff have it say instead of what came with the program.
    pub text: Option<TextWords>,
    pub about: About,
}

#[derive(Clone, Debug)]
pub enum About {
    Order(News, Box<OrderTold>),
    Account(AccountNews, AccountTold),
    LowStock(Vec<Trouble>),
    Day(DayTold),
    Alerts(Vec<Trouble>),
    /// Somebody wants to see whether a mail arrives.
    Test,
}

/// What became of an order, or was decided about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    Happened(domain::order::News),
    /// Staff decided something.
    Remedy,
    /// Staff make good an incident.
    Apology,
    /// They asked for money back, and staff say why not.
    RefundDeclined,
}

/// What a person is told of their account, or of having none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountNews {
    /// Prove that this address is yours.
    Verify,
    /// Somebody signed up with it, and it has an account.
    KnownAddress,
    Reset,
    /// Somebody asked for a reset, and it has no account.
    UnknownAddress,
    PasswordChanged,
    /// Another address is the account's now.
    AddressChanged,
    SecondFactorOff,
    /// What they paid into their wallet has arrived.
    ToppedUp,
    /// Staff gave them credit.
    Credited,
    /// They are to work for the shop, and set a password.
    Invited,
}

impl AccountNews {
    const ALL: [AccountNews; 10] = [
        AccountNews::Verify,
        AccountNews::KnownAddress,
        AccountNews::Reset,
        AccountNews::UnknownAddress,
        AccountNews::PasswordChanged,
        AccountNews::AddressChanged,
        AccountNews::SecondFactorOff,
        AccountNews::ToppedUp,
        AccountNews::Credited,
        AccountNews::Invited,
    ];

    pub fn word(self) -> &'static str {
        match self {
            AccountNews::Verify => "verify-address",
            AccountNews::KnownAddress => "known-address",
            AccountNews::Reset => "reset-password",
            AccountNews::UnknownAddress => "unknown-address",
            AccountNews::PasswordChanged => "password-changed",
            AccountNews::AddressChanged => "address-changed",
            AccountNews::SecondFactorOff => "second-factor-off",
            AccountNews::ToppedUp => "wallet-topped-up",
            AccountNews::Credited => "wallet-credited",
            AccountNews::Invited => "staff-invited",
        }
    }
}

/// What a mail about an account carries.
#[derive(Clone, Debug, Default)]
pub struct AccountTold {
    /// How long its link holds.
    pub until: Option<Timestamp>,
    /// Of its link: only while the mail leaves.
    pub token: Option<Secret>,
    /// What came into their wallet.
    pub amount: Option<Money>,
    /// Staff's words for them.
    pub note: Option<String>,
}

/// An order, as it was when the mail was decided.
#[derive(Clone, Debug)]
pub struct OrderTold {
    pub id: OrderId,
    pub number: String,
    pub product: String,
    pub pid: String,
    pub ram_gb: u16,
    pub os: Option<String>,
    pub days: i64,
    pub total: Money,
    pub reserved_until: Timestamp,
    pub sold_until: Option<Timestamp>,
    /// Of the delivered server.
    pub address: Option<Ipv4Addr>,
    pub problem: Option<String>,
    /// Money that goes back.
    pub amount: Option<Money>,
    /// It went into their wallet.
    pub to_wallet: bool,
    pub deed: Option<Deed>,
}

#[derive(Clone, Debug)]
pub struct Deed {
    pub remedy: Remedy,
    pub days: Option<i64>,
    /// In words meant for the customer.
    pub public: Option<String>,
    pub gift: Option<Gift>,
}

/// A code for the next order of whoever reads of it.
#[derive(Clone, Debug)]
pub struct Gift {
    pub code: String,
    pub worth: coupon::Kind,
    pub until: Timestamp,
}

/// One thing that staff must know.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub kind: String,
    pub text: String,
    pub at: Timestamp,
    /// What it is about, where that has a page.
    pub order: Option<OrderId>,
}

/// A day, and how the shop stood when it was told.
#[derive(Clone, Debug, Default)]
pub struct DayTold {
    /// In the shop's zone: `2026-01-15`.
    pub date: String,
    /// Orders that money was put down for, and orders whose servers were handed over.
    pub paid: i64,
    pub delivered: i64,
    /// One sum for each currency.
    pub taken: Vec<Money>,
    pub returned: Vec<Money>,
    pub owed: Vec<Money>,
    pub listed: Vec<Listed>,
    pub open_alerts: i64,
    pub synced_at: Option<Timestamp>,
}

/// Orders that wait for a person.
#[derive(Clone, Debug)]
pub struct Listed {
    pub why: String,
    pub orders: i64,
    pub overdue: i64,
}

/// Kinds that are no news of a move.
pub(crate) const REMEDY: &str = "remedy";
pub(crate) const APOLOGY: &str = "apology";
pub(crate) const REFUND_DECLINED: &str = "refund-declined";
pub(crate) const LOW_STOCK: &str = "low-stock";
pub(crate) const ALERTS: &str = "alerts";
pub(crate) const DAILY: &str = "daily-summary";
pub(crate) const TEST: &str = "test";

impl Engine {
    /// Reads what a mail tells. A row that cannot be read is a mistake of ours.
    pub(crate) async fn what_it_tells(&self, mail: &Mail) -> Result<Told> {
        let about = match mail.kind.as_str() {
            LOW_STOCK => About::LowStock(troubles(mail)?),
            ALERTS => About::Alerts(troubles(mail)?),
            DAILY => About::Day(day_told(mail)?),
            TEST => About::Test,
            kind => match AccountNews::ALL.into_iter().find(|news| news.word() == kind) {
                Some(news) => About::Account(news, account_told(mail)?),
                None => About::Order(news(mail)?, Box::new(self.order_told(mail).await?)),
            },
        };
        let (brand, language) = (self.brand_now().await?, self.language_of(mail).await?);
        let spoken = language.as_deref().unwrap_or(FIRST_LANGUAGE);
        let text = self.own_text(&about, spoken).await?;
        Ok(Told { name: mail.name.clone(), language, at: mail.created_at, brand, text, about })
    }

    /// What whoever a mail goes to reads: of an order's customer as it is now.
    async fn language_of(&self, mail: &Mail) -> Result<Option<String>> {
        if matches!(mail.kind.as_str(), LOW_STOCK | ALERTS | DAILY | TEST) {
            return Ok(None);
        }
        let Some(order) = mail.order.clone() else {
            return Ok(facts::<AccountFacts>(mail)?.language);
        };
        let language = self.db().read(move |tx| {
            let order = tx.order(&order)?;
            Ok::<_, Error>(tx.account(&order.account)?.language)
        });
        language.await
    }

    /// What a mail tells, with the token of its link: for the one who receives it.
    pub(crate) fn with_its_token(&self, mail: &Mail, mut told: Told) -> Result<Told> {
        if let About::Account(_, account) = &mut told.about
            && let Some(sealed) = facts::<AccountFacts>(mail)?.sealed
        {
            account.token = Some(self.token_of(&mail.cause, &sealed)?);
        }
        Ok(told)
    }

    async fn order_told(&self, mail: &Mail) -> Result<OrderTold> {
        let facts: OrderFacts = facts(mail)?;
        let wrong = || unreadable(mail, "one of its facts is none");
        let id = mail.order.clone().ok_or_else(wrong)?;
        let amount = amount(mail, (facts.amount_minor, facts.amount_currency.as_deref()))?;
        let total = (Some(facts.total_minor), Some(&*facts.currency));
        let address = match facts.server.as_deref().map(ServerId::parse) {
            None => None,
            Some(Ok(server)) => Some(self.db().read(move |tx| tx.server(&server)).await?.address),
            Some(Err(_)) => return Err(wrong()),
        };
        let deed = facts.deed.map(|deed| {
            let remedy = Remedy::parse(&deed.remedy).ok_or_else(wrong)?;
            let currency = Currency::parse(&facts.currency).map_err(|_| wrong())?;
            let gift = deed.gift.map(|gift| gift_of(gift, currency).ok_or_else(wrong));
            let (days, public) = (deed.days, deed.public);
            Ok::<_, Error>(Deed { remedy, days, public, gift: gift.transpose()? })
        });
        Ok(OrderTold {
            id,
            number: facts.number,
            product: facts.product,
            pid: facts.pid,
            ram_gb: facts.ram_gb,
            os: facts.os,
            days: facts.days,
            total: self::amount(mail, total)?.ok_or_else(wrong)?,
            reserved_until: Timestamp::from_micros(facts.reserved_until),
            sold_until: facts.sold_until.map(Timestamp::from_micros),
            address,
            problem: facts.problem,
            amount,
            to_wallet: facts.to_wallet,
            deed: deed.transpose()?,
        })
    }
}

fn gift_of(facts: GiftFacts, currency: Currency) -> Option<Gift> {
    let worth = match (facts.percent, facts.amount_minor) {
        (Some(of), None) => coupon::Kind::Percent(of),
        (None, Some(minor)) => coupon::Kind::Amount(Money::new(minor, currency)),
        _ => return None,
    };
    Some(Gift { code: facts.code, worth, until: Timestamp::from_micros(facts.until) })
}

fn news(mail: &Mail) -> Result<News> {
    let happened = domain::order::News::ALL.into_iter().find(|news| news.word() == mail.kind);
    match (mail.kind.as_str(), happened) {
        (REMEDY, _) => Ok(News::Remedy),
        (APOLOGY, _) => Ok(News::Apology),
        (REFUND_DECLINED, _) => Ok(News::RefundDeclined),
        (_, Some(happened)) => Ok(News::Happened(happened)),
        (_, None) => Err(unreadable(mail, "nobody knows its kind")),
    }
}

fn account_told(mail: &Mail) -> Result<AccountTold> {
    let facts: AccountFacts = facts(mail)?;
    Ok(AccountTold {
        until: facts.until.map(Timestamp::from_micros),
        token: None,
        amount: amount(mail, (facts.amount_minor, facts.amount_currency.as_deref()))?,
        note: facts.note,
    })
}

fn amount(mail: &Mail, fact: (Option<i64>, Option<&str>)) -> Result<Option<Money>> {
    let (Some(minor), Some(code)) = fact else { return Ok(None) };
    let currency = Currency::parse(code).map_err(|error| unreadable(mail, &error.to_string()))?;
    Ok(Some(Money::new(minor, currency)))
}

fn day_told(mail: &Mail) -> Result<DayTold> {
    let facts: DayFacts = facts(mail)?;
    let sums = |sums: &[(i64, String)]| -> Result<Vec<Money>> {
        let sum = |(minor, code): &(i64, String)| amount(mail, (Some(*minor), Some(code)));
        Ok(sums.iter().map(sum).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    };
    let listed = |(why, orders, overdue)| Listed { why, orders, overdue };
    Ok(DayTold {
        taken: sums(&facts.taken)?,
        returned: sums(&facts.returned)?,
        owed: sums(&facts.owed)?,
        date: facts.date,
        paid: facts.paid,
        delivered: facts.delivered,
        listed: facts.listed.into_iter().map(listed).collect(),
        open_alerts: facts.alerts,
        synced_at: facts.synced_at.map(Timestamp::from_micros),
    })
}

fn troubles(mail: &Mail) -> Result<Vec<Trouble>> {
    let facts: Vec<StaffFact> = facts(mail)?;
    let trouble = |fact: StaffFact| Trouble {
        order: OrderId::parse(&fact.subject).ok(),
        kind: fact.kind,
        text: fact.text,
        at: Timestamp::from_micros(fact.at),
    };
    Ok(facts.into_iter().map(trouble).collect())
}

fn facts<T: DeserializeOwned>(mail: &Mail) -> Result<T> {
    serde_json::from_str(&mail.facts).map_err(|error| unreadable(mail, &error.to_string()))
}

fn unreadable(mail: &Mail, why: &str) -> Error {
    Error::Bug(format!("mail {} ({}) cannot be read: {why}", mail.id, mail.kind))
}
