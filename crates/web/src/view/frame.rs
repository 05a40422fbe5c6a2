//! What all pages share: the frame around them, forms' fields, and what was said after a deed.

use std::sync::Arc;

use domain::clock::Timestamp;
use engine::brand::Brand;
use engine::permission::{Act, Role, Visitor};
use fluent_bundle::FluentValue;

use super::when::{Moment, Zone};
use crate::brand::{sheet, title_of};
use crate::language::Language;
use crate::paths;

/// The frame around a page.
#[derive(Clone, Debug)]
pub struct Frame {
    pub title: String,
    pub here: Here,
    /// How the shop shows itself.
    pub brand: Arc<Brand>,
    pub signed_in: Option<SignedIn>,
    /// Staff see the shop as whoever is signed in.
    pub acting: Option<Acting>,
    /// How many servers are in their cart.
    pub in_cart: i64,
    /// A demo has a strip on every page that says so and leads to its panel.
    pub demo: bool,
    /// What the deed before this page came to.
    pub said: Option<Said>,
    /// Without scripts a page that moves is fetched again after so many seconds.
    pub reload_s: Option<u32>,
    pub zone: Zone,
    pub now: Timestamp,
    /// What the page is written in.
    pub language: Language,
    /// Where the same page is in another language, if it speaks several: its own address.
    pub at: Option<String>,
    /// What search engines are told of the page; without it they are told to leave it out.
    pub listed: Option<Listed>,
}

/// A page as search engines and those who share it tell of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    pub description: String,
    /// The one address that the page is known by, whole.
    pub canonical: String,
}

/// Who looks at the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    pub name: String,
    pub email: String,
    /// Mail to it is known to reach them.
    pub is_verified: bool,
    /// What staff may do; customers' pages ask nothing of it.
    pub powers: Powers,
}

/// What one of staff may do, for pages that offer nothing that would be refused. Nothing is
/// decided by it: the routes do that.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Powers(Vec<Act>);

impl Powers {
    /// Those of whoever looks; of a customer none.
    pub fn of_visitor(visitor: &Visitor) -> Powers {
        match visitor.may(Act::SeeWork) {
            Ok(_) => Powers(Act::ALL.iter().copied().filter(|a| visitor.may(*a).is_ok()).collect()),
            Err(_) => Powers::default(),
        }
    }

    pub fn of(role: Role) -> Powers {
        Powers(Act::ALL.iter().copied().filter(|act| role.may(*act)).collect())
    }
}

/// As whom one of staff sees the shop, and until when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acting {
    pub email: String,
    pub until: Moment,
}

/// Where in the shop a page lies, for the marks in its navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Here {
    Shop,
    Cart,
    Servers,
    Account,
    Login,
    SignUp,
    Staff,
    StaffAttention,
    StaffOrders,
    StaffInvestigation,
    StaffCustomers,
    StaffAudit,
    StaffPeople,
    StaffStock,
    StaffByHand,
    StaffProviders,
    StaffPayments,
    StaffGateways,
    StaffQuarantine,
    StaffAlerts,
    StaffMails,
    StaffMailTexts,
    StaffCoupons,
    StaffProfit,
    StaffCosts,
    StaffBooks,
    StaffShop,
    StaffBrand,
    StaffSettings,
    StaffPapers,
    Demo,
    Elsewhere,
}

impl Here {
    /// The mark of a link to the page one is on, or near.
    pub fn mark(&self, link: Here) -> &'static str {
        if *self == link { "page" } else { "false" }
    }
}

/// How something is to be taken. The words are those of the style sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Plain,
    Sea,
    Good,
    Warn,
    Bad,
}

impl Tone {
    pub fn word(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Sea => "sea",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }
}

impl std::fmt::Display for Tone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

macro_rules! said {
    ($($name:ident = $word:literal, $tone:ident;)*) => {
        /// What a deed came to. The address carries only the word, so that nobody can put
        /// sentences of their own on our pages by a link.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Said { $($name),* }

        impl Said {
            pub const ALL: &[Said] = &[$(Said::$name),*];

            pub fn word(self) -> &'static str {
                match self { $(Said::$name => $word),* }
            }

            pub fn tone(self) -> Tone {
                match self { $(Said::$name => Tone::$tone),* }
            }

            pub fn sentence(self, language: &Language) -> String {
                language.say(&format!("said-{}", self.word()))
            }
        }
    };
}

said! {
    Welcome = "welcome", Good;
    SignedOut = "signed-out", Plain;
    AddressSaved = "address-saved", Good;
    InCart = "in-cart", Good;
    CartChanged = "cart-changed", Good;
    CartCapped = "cart-capped", Warn;
    OutOfCart = "out-of-cart", Plain;
    Renamed = "renamed", Good;
    PasswordChanged = "password-changed", Good;
    LinkSent = "link-sent", Good;
    AddressProven = "address-proven", Good;
    ResetSent = "reset-sent", Good;
    PasswordReset = "password-reset", Good;
    SecondFactorOff = "second-factor-off", Plain;
    StaffGuarded = "staff-guarded", Good;
    StaffTrusted = "staff-trusted", Plain;
    SessionEnded = "session-ended", Good;
    OthersEnded = "others-ended", Good;
    KeyRevoked = "key-revoked", Good;
    RefundChosen = "refund-chosen", Good;
    WaitChosen = "wait-chosen", Good;
    RefundAsked = "refund-asked", Good;
    RefundDeclined = "refund-declined", Good;
    Cancelled = "cancelled", Plain;
    CheckoutCancelled = "checkout-cancelled", Plain;
    PaymentOpened = "payment-opened", Sea;
    TopUpOpened = "top-up-opened", Sea;
    ToppedUp = "topped-up", Good;
    Credited = "credited", Good;
    Asked = "asked", Sea;
    Busy = "busy", Warn;
    MarkedPaid = "marked-paid", Good;
    DeliveredByHand = "delivered-by-hand", Good;
    AccountClosed = "account-closed", Plain;
    BrandSaved = "brand-saved", Good;
    Done = "done", Good;
    SentAgain = "sent-again", Good;
    Synced = "synced", Good;
    Paused = "paused", Plain;
    Resumed = "resumed", Good;
    SellingStopped = "selling-stopped", Plain;
    SellingStarted = "selling-started", Good;
    LieTold = "lie-told", Warn;
    Honest = "honest", Good;
    DoorShut = "door-shut", Warn;
    DoorOpen = "door-open", Good;
}

impl Said {
    pub fn parse(word: &str) -> Option<Said> {
        Said::ALL.iter().copied().find(|said| said.word() == word)
    }
}

/// One thing to fill in. An error is shown right beside it and says what to do.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub value: String,
    pub error: Option<String>,
}

impl Field {
    pub fn of(value: impl Into<String>) -> Field {
        Field { value: value.into(), error: None }
    }

    pub fn wrong(value: impl Into<String>, error: impl Into<String>) -> Field {
        Field { value: value.into(), error: Some(error.into()) }
    }
}

/// One of several values to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    pub fn of(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), chosen: false }
    }
}

impl Frame {
    /// Whether whoever looks is one of staff who may do this.
    pub fn may(&self, act: Act) -> bool {
        self.signed_in.as_ref().is_some_and(|person| person.powers.0.contains(&act))
    }

    /// A moment as this page writes it.
    pub fn time(&self, at: Timestamp) -> Moment {
        self.zone.show(at, self.now, self.language)
    }

    /// A day as this page writes it.
    pub fn day(&self, at: Timestamp) -> Moment {
        self.zone.day(at, self.language)
    }

    /// The page's words, by their key.
    pub fn say(&self, key: &str) -> String {
        self.language.say(key)
    }

    /// With one thing filled in.
    pub fn say_with<'a>(
        &self,
        key: &str,
        name: &'static str,
        value: impl Into<FluentValue<'a>>,
    ) -> String {
        self.language.say_with(key, name, value)
    }

    /// The exact package in words.
    pub fn receipt(&self, product: &str, pid: &str) -> String {
        self.language.say_all("receipt", [("product", product.into()), ("pid", pid.into())])
    }

    /// What the shop says for the law: where it is, and its title.
    pub fn legal(&self) -> Vec<(String, String)> {
        let pages = self.brand.pages();
        pages.map(|page| (paths::legal(page), self.say(title_of(page)))).collect()
    }

    /// Where the shop's own colours are, if it has some.
    pub fn colours(&self) -> Option<String> {
        self.brand.accent.map(sheet::url)
    }

    pub fn languages(&self) -> impl Iterator<Item = Language> {
        Language::all()
    }

    /// The same in another language, for eyes and for tests.
    #[must_use]
    pub fn sample_in(self, code: &str) -> Frame {
        Frame { language: Language::of(code).unwrap_or_default(), ..self }
    }

    /// Of a page that speaks every language; `title` is the key of its title.
    pub fn spoken_sample(language: Language, title: &str, here: Here) -> Frame {
        Frame { language, ..Frame::sample(&language.say(title), here) }
    }

    /// As search engines find it.
    #[must_use]
    pub fn listed_sample(self, description: &str, path: &str) -> Frame {
        let (description, canonical) = (description.to_owned(), path.to_owned());
        Frame { at: Some(path.to_owned()), listed: Some(Listed { description, canonical }), ..self }
    }

    pub fn sample(title: &str, here: Here) -> Frame {
        Frame {
            title: title.to_owned(),
            here,
            brand: Arc::default(),
            signed_in: Some(SignedIn {
                name: "Asha Menon".into(),
                email: "asha@example.com".into(),
                is_verified: true,
                powers: Powers::default(),
            }),
            acting: None,
            in_cart: 2,
            demo: true,
            said: None,
            reload_s: None,
            zone: Zone::default(),
            now: sample_time("14:05:00"),
            language: Language::default(),
            at: None,
            listed: None,
        }
    }

    pub fn staff_sample(title: &str, here: Here) -> Frame {
        let staff = SignedIn {
            name: "Ravi Nair".into(),
            email: "ravi@example.com".into(),
            is_verified: true,
            powers: Powers::of(Role::Admin),
        };
        Frame { signed_in: Some(staff), ..Frame::sample(title, here) }
    }

    /// As a customer sees it whose address is not proven.
    #[must_use]
    pub fn unverified(mut self) -> Frame {
        self.signed_in.iter_mut().for_each(|person| person.is_verified = false);
        self
    }

    /// As one of staff sees it who sees the shop as a customer.
    #[must_use]
    pub fn acting(self) -> Frame {
        let (email, until) = ("asha@example.com".into(), self.time(sample_time("15:01:00")));
        Frame { acting: Some(Acting { email, until }), ..self }
    }

    #[must_use]
    pub fn for_nobody(self) -> Frame {
        Frame { signed_in: None, ..self }
    }
}

/// A moment of the samples' day, by the clock on the shop's wall.
pub fn sample_time(clock: &str) -> Timestamp {
    let text = format!("2026-11-21T{clock}+05:30");
    Timestamp::parse(&text).unwrap_or(Timestamp::from_micros(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_nothing_else_does() {
        for said in Said::ALL {
            assert_eq!(Said::parse(said.word()), Some(*said));
        }
        assert_eq!(Said::parse("<b>free servers</b>"), None);
    }
}
