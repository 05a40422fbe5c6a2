//! What all pages share: the frame around them, forms' fields, and what was said after a deed.

use domain::clock::Timestamp;

use super::when::{Moment, Zone};

/// The frame around a page.
#[derive(Clone, Debug)]
pub struct Frame {
    pub title: String,
    pub here: Here,
    pub signed_in: Option<SignedIn>,
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
}

/// Who looks at the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    pub name: String,
    pub email: String,
    /// Mail to it is known to reach them.
    pub is_verified: bool,
    pub is_staff: bool,
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
    StaffOrders,
    StaffStock,
    StaffQuarantine,
    StaffAlerts,
    StaffMails,
    StaffCoupons,
    StaffProfit,
    StaffShop,
    StaffPapers,
    Demo,
    Elsewhere,
}

impl Here {
    pub fn is_staff(&self) -> bool {
        matches!(
            self,
            Here::Staff
                | Here::StaffOrders
                | Here::StaffStock
                | Here::StaffQuarantine
                | Here::StaffAlerts
                | Here::StaffMails
                | Here::StaffCoupons
                | Here::StaffProfit
                | Here::StaffShop
                | Here::StaffPapers
        )
    }

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
    ($($name:ident = $word:literal, $tone:ident, $sentence:literal;)*) => {
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

            pub fn sentence(self) -> &'static str {
                match self { $(Said::$name => $sentence),* }
            }
        }
    };
}

said! {
    Welcome = "welcome", Good, "Welcome aboard. Your account is ready.";
    SignedOut = "signed-out", Plain, "You are signed out.";
    AddressSaved = "address-saved", Good, "The address is saved. Orders from now on bear its tax.";
    InCart = "in-cart", Good, "It is in your cart.";
    CartChanged = "cart-changed", Good, "Your cart is changed.";
    CartCapped = "cart-capped", Warn,
        "A cart holds ten of one kind at most. There would have been more, so it holds ten now.";
    OutOfCart = "out-of-cart", Plain, "It is out of your cart.";
    Renamed = "renamed", Good, "Noted.";
    PasswordChanged = "password-changed", Good,
        "Your password is changed. All other sessions have ended.";
    LinkSent = "link-sent", Good, "A mail is on its way. Open the link in it within a day.";
    AddressProven = "address-proven", Good, "Thank you. We know now that our mail reaches you.";
    ResetSent = "reset-sent", Good,
        "A mail is on its way. The link in it holds for half an hour.";
    PasswordReset = "password-reset", Good,
        "Your password is changed, and all sessions have ended. Sign in with the new one.";
    SecondFactorOff = "second-factor-off", Plain,
        "Your second factor is off: the password alone opens your account.";
    StaffGuarded = "staff-guarded", Good,
        "Staff need a second factor now. Whoever has none may only set one up.";
    StaffTrusted = "staff-trusted", Plain, "Staff need no second factor any more.";
    SessionEnded = "session-ended", Good, "That session has ended.";
    OthersEnded = "others-ended", Good, "All other sessions have ended.";
    KeyRevoked = "key-revoked", Good, "The key is revoked and opens nothing any more.";
    RefundChosen = "refund-chosen", Good,
        "Noted: your money goes back to you. You need not do anything else.";
    WaitChosen = "wait-chosen", Good,
        "Noted: we keep looking. You can still choose your money later.";
    Cancelled = "cancelled", Plain, "The order is cancelled. Nothing was paid.";
    CheckoutCancelled = "checkout-cancelled", Plain,
        "What was not paid is cancelled. Nothing was taken for it.";
    PaymentOpened = "payment-opened", Sea,
        "A payment is being opened. This page shows it as soon as there is news.";
    TopUpOpened = "top-up-opened", Sea,
        "The payment is open. Pay it, and it is in your wallet as soon as the gateway has it.";
    ToppedUp = "topped-up", Good, "Thank you. It is in your wallet.";
    Credited = "credited", Good, "It is in your wallet now.";
    MarkedPaid = "marked-paid", Good, "The payment is booked.";
    DeliveredByHand = "delivered-by-hand", Good,
        "Delivered. The customer has it, and mail tells them.";
    Done = "done", Good, "Done, and written down.";
    SentAgain = "sent-again", Good, "It leaves once more.";
    Synced = "synced", Good, "The catalogue was synced.";
    Paused = "paused", Plain, "Purchasing is paused. Requests that have left already go on.";
    Resumed = "resumed", Good, "Purchasing goes on.";
    SellingStopped = "selling-stopped", Plain,
        "The shop takes no new orders. Paid ones go on.";
    SellingStarted = "selling-started", Good, "The shop takes orders again.";
    LieTold = "lie-told", Warn,
        "The next one that it fits will be lied to. Now buy something and watch.";
    Honest = "honest", Good, "Everybody outside is honest again.";
    DoorShut = "door-shut", Warn, "The provider cannot be reached. Buy something and watch.";
    DoorOpen = "door-open", Good, "The provider can be reached again.";
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
    /// A moment as this page writes it.
    pub fn time(&self, at: Timestamp) -> Moment {
        self.zone.show(at, self.now)
    }

    pub fn sample(title: &str, here: Here) -> Frame {
        Frame {
            title: title.to_owned(),
            here,
            signed_in: Some(SignedIn {
                name: "Asha Menon".into(),
                email: "asha@example.com".into(),
                is_verified: true,
                is_staff: false,
            }),
            in_cart: 2,
            demo: true,
            said: None,
            reload_s: None,
            zone: Zone::default(),
            now: sample_time("14:05:00"),
        }
    }

    pub fn staff_sample(title: &str, here: Here) -> Frame {
        let staff = SignedIn {
            name: "Ravi Nair".into(),
            email: "ravi@example.com".into(),
            is_verified: true,
            is_staff: true,
        };
        Frame { signed_in: Some(staff), ..Frame::sample(title, here) }
    }

    /// As a customer sees it whose address is not proven.
    #[must_use]
    pub fn unverified(mut self) -> Frame {
        self.signed_in.iter_mut().for_each(|person| person.is_verified = false);
        self
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
