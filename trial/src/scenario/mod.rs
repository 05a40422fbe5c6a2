//! The stories that are told under faults: what the outside world does, what people do, and how
//! it may end. People settle what a person has to decide, by what truly happened.

mod by_hand;
mod cart;
mod chat;
mod desk;
mod dispute;
mod errands;
mod mail;
mod money;
mod papers;
mod people;
mod price;
mod purchase;
mod race;
mod settle;
mod trouble;
mod wallet;

use std::pin::Pin;

use domain::id::OrderId;

use crate::world::{Given, World};
pub use people::{People, Told};
pub use settle::settle;
pub use wallet::rupees;

/// How each order of a story may end, by the words of stages.
pub type Ends = Vec<(OrderId, &'static [&'static str])>;

type Playing = Pin<Box<dyn Future<Output = Told<Ends>>>>;

/// One story.
pub struct Scenario {
    pub name: &'static str,
    /// In one line.
    pub about: &'static str,
    pub given: fn(Given) -> Given,
    play: fn(People) -> Playing,
}

impl Scenario {
    /// Tells the story once.
    pub async fn play(&self, world: &World) -> Told<Ends> {
        (self.play)(People(world.clone())).await
    }
}

pub const DELIVERED: &[&str] = &["delivered"];
/// Money is owed that no gateway can give back.
pub const REFUNDED: &[&str] = &["refund_pending"];
pub const BACK: &[&str] = &["refunded"];
/// No money came that pays for it.
pub const UNPAID: &[&str] = &["unpaid", "reservation_over", "cancelled"];

macro_rules! scenarios {
    ($($name:literal, $about:literal, $given:expr, $play:path;)*) => {
        &[$(Scenario {
            name: $name,
            about: $about,
            given: $given,
            play: |people| Box::pin($play(people)),
        }),*]
    };
}

/// All stories.
pub const ALL: &[Scenario] = scenarios! {
    "good-order", "paid by receipt, bought, checked, delivered", |g| g, purchase::good;
    "operating-system", "the chosen system is installed before delivery", |g| g,
        purchase::operating_system;
    "late-system", "the answer of an installation comes after its deadline", |g| g,
        purchase::late_system;
    "smaller-server", "less memory than was sold", |g| g, trouble::smaller;
    "list-down", "the package list cannot be read", |g| g, trouble::list_down;
    "slow-password", "the provider shows credentials only later", |g| g, purchase::slow_password;
    "mismatch", "a server of another block, then the money back", |g| g, trouble::mismatch;
    "mismatch-twice", "two orders of another block, then the money back for both", |g| g,
        trouble::mismatch_twice;
    "mismatch-again", "a server of another block, then the right one", |g| g,
        trouble::mismatch_again;
    "accept", "a server of another block, and the customer takes it", |g| g, trouble::accept;
    "late-answer", "unheard, then its late answer", |g| g, purchase::late_answer;
    "adopt", "unheard for good, and staff name the server", |g| g, purchase::adopt;
    "adopt-then-answer", "staff name a server just when the answer comes", |g| g,
        purchase::adopt_then_answer;
    "nothing-bought", "unheard for good, and nothing was bought", |g| g,
        purchase::nothing_bought;
    "give-up", "unheard for good, given up and bought again", |g| g, purchase::give_up;
    "recycled", "an address that we have already is sold again", |g| g, trouble::recycled;
    "refusal", "the provider refuses", |g| g, trouble::refusal;
    "pause", "our credentials are refused, staff resume", |g| g, trouble::pause;
    "paused", "staff pause the provider before anybody pays", |g| g, desk::paused;
    "too-early", "staff decide while the answer may come, and name another's server", |g| g,
        desk::too_early;
    "brake", "purchases are unheard, one after another", desk::quick_brake, desk::brake;
    "last-unit", "others want the only unit that there is", desk::one_unit, desk::last_unit;
    "no-connection", "the provider's door is shut", |g| g, trouble::no_connection;
    "budget", "the loss budget is used up, and lifted", trouble::small_budget, trouble::budget;
    "refund-unheard", "money back while the purchase is unheard, then its answer", |g| g,
        trouble::refund_unheard;
    "refund-planned", "money back before anything was bought", |g| g, trouble::refund_planned;
    "replacement", "a delivered server is bought again", |g| g, trouble::replacement;
    "two-customers", "two orders for one package at once", |g| g, purchase::two;
    "sync-with-changes", "the package is gone when it is bought", |g| g, trouble::gone;
    "renamed", "the package has another name when the answer comes", |g| g, trouble::renamed;
    "shrunk-list", "most of the list is gone", trouble::many_packages, trouble::shrunk;
    "neighbour", "another address than the one that was sold", trouble::one_address,
        trouble::neighbour;
    "stale-permit", "two workers stand still before one permit", race::both_before_the_permit,
        purchase::good;
    "stale-stop", "two workers stand still before they give up", race::both_before_the_end,
        trouble::gone;
    "anothers-permit", "a worker finds the permit of another", race::unknown_after_another,
        race::anothers_permit;
    "stale-answer", "a worker has an answer, and its claim no longer",
        race::stands_with_an_answer, purchase::good;
    "answer-kept", "the process dies when the database has refused its answer",
        race::dies_with_an_answer, race::answer_kept;
    "gateway", "paid at the gateway", |g| g, money::gateway;
    "gateway-lies", "the gateway's answers and webhooks go astray", |g| g, money::gateway_lies;
    "paid-twice", "paid twice at the gateway, and once by receipt", |g| g, money::twice;
    "half-the-money", "the gateway takes less than was asked for", |g| g, money::half;
    "anothers-payment", "the gateway books money under another payment", |g| g, money::anothers;
    "payment-fails", "the payment fails, and the next one holds", |g| g, money::fails;
    "reservation-over", "paid after the reservation", money::short_reservation, money::late;
    "reserved-again", "another payment after the reservation", money::short_reservation,
        money::again;
    "refund", "money goes back by the gateway, whose answer is lost", |g| g, money::back;
    "asked-back", "the customer asks for money back, is told no, and asks again", |g| g,
        money::asked_back;
    "part-back", "a part goes back, and the gateway's answer is lost", |g| g, money::part_back;
    "back-told", "the gateway tells later that money has gone back", |g| g, money::back_told;
    "refund-at-last", "money goes back after a refusal and a failure", |g| g,
        money::back_at_last;
    "refund-by-hand", "money goes back by the staff's own hand", |g| g, money::back_by_hand;
    "taxed", "money with tax goes back in two parts", price::taxed, price::back_in_parts;
    "papers", "an order that stays and one that goes back have their papers", price::taxed,
        papers::numbered;
    "kept-cheaper", "staff accept a server of another block, and its difference goes back",
        price::taxed, price::kept_cheaper;
    "last-coupon", "two want the last use of a coupon", |g| g, price::last_coupon;
    "free", "a coupon leaves nothing to pay, and the order is given back", |g| g, price::free;
    "top-up", "money paid into a wallet whose webhook is lost pays for an order", |g| g,
        wallet::topped_up;
    "two-draws", "two orders draw at once on a wallet that holds enough for one", |g| g,
        wallet::two_draws;
    "mixed", "paid by wallet and gateway, and given back", |g| g, wallet::mixed;
    "mixed-late", "the gateway's part comes after the wallet has its own back",
        money::short_reservation, wallet::mixed_late;
    "to-credit", "money that came for a cancelled order becomes credit", |g| g,
        wallet::to_credit;
    "charge-back", "a payer's bank takes back a part of an order's money and of a top-up", |g| g,
        dispute::taken_back;
    "cart", "three paid at once by wallet and gateway, and one of them given back", |g| g,
        cart::paid_together;
    "cart-late", "a cart is paid late, and one of its packages is gone",
        money::short_reservation, cart::paid_late;
    "errands", "restarted and installed anew, by answers that are lost", |g| g,
        errands::operated;
    "errand-wrong", "another system shows than the one that was asked for", |g| g,
        errands::wrong_system;
    "errand-kept-back", "the provider is shut, then paused, with a restart on its way", |g| g,
        errands::kept_back;
    "errand-taken-back", "money goes back while a server is installed anew", |g| g,
        errands::taken_back;
    "mail", "told by mail, through a mail server that fails in every way", mail::given,
        mail::told;
    "told-in-chats", "a pause is told in chats that fail in every way", chat::given, chat::told;
    "by-hand", "a person delivers what has no API", |g| g, by_hand::good;
    "by-hand-wrong", "a person enters addresses that do not fit", |g| g, by_hand::wrong;
    "by-hand-refund", "money back while a person is to deliver", |g| g, by_hand::refunded;
    "by-hand-two", "two people deliver one order at once", |g| g, by_hand::two;
    "cancel", "cancelled unpaid, and paid all the same", |g| g, money::cancelled;
};

pub fn named(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.name == name)
}

/// Nothing is left to be done for an order in such a stage.
pub fn is_final(word: &str) -> bool {
    matches!(
        word,
        "unpaid"
            | "reservation_over"
            | "cancelled"
            | "unrevived"
            | "delivered"
            | "refund_pending"
            | "refunded"
            | "terminated"
    )
}
