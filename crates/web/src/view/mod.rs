//! What each page shows, as plain values, and the template that shows it. Every page has samples,
//! so that it can be looked at and tested without a shop.
//! Not for fetching anything: handlers read, decide who may see, and fill these in.

pub mod account;
pub mod admin;
pub mod bill;
pub mod block;
pub mod brand;
pub mod build;
pub mod cart;
pub mod checkouts;
pub mod demo;
pub mod device;
pub mod frame;
pub mod gallery;
pub mod mail;
pub mod order;
pub mod paper;
pub mod party;
pub mod product;
pub mod server;
pub mod shop;
pub mod sorry;
pub mod square;
pub mod tabs;
pub mod when;

use crate::language::Language;

#[cfg(test)]
mod tests;

pub use frame::{Acting, Choice, Field, Frame, Here, Listed, Powers, Said, SignedIn, Tone};

/// A page that can show itself without a shop: for eyes and for tests.
pub trait Sample: Sized {
    /// Each state worth looking at, with a name that can be a file's. Pages that speak every
    /// language are in the one asked for.
    fn samples(language: Language) -> Vec<(&'static str, Self)>;
}

/// One page of samples, rendered.
pub type Rendered = (String, askama::Result<String>);

/// Every sample of every page.
pub fn every_sample() -> Vec<Rendered> {
    let for_everybody = [
        rendered::<shop::List>("shop"),
        rendered::<product::Page>("product"),
        rendered::<cart::Cart>("cart"),
        spoken::<account::Login>("login"),
        spoken::<account::SignUp>("signup"),
        spoken::<account::own::Own>("account"),
        spoken::<account::wallet::Wallet>("wallet"),
        spoken::<account::leave::Leave>("account-leave"),
        spoken::<account::keys::Keys>("account-keys"),
        spoken::<account::keys::Made>("account-key"),
        spoken::<party::Billing>("account-billing"),
        spoken::<account::Code>("login-code"),
        spoken::<account::second_factor::SetUp>("second-factor"),
        spoken::<account::second_factor::Codes>("recovery-codes"),
        spoken::<account::prove::Prove>("prove"),
        spoken::<account::link::Verify>("verify"),
        spoken::<account::link::Forgot>("forgot"),
        spoken::<account::link::Reset>("reset"),
        spoken::<account::Servers>("my-servers"),
        spoken::<server::Show>("my-server"),
        spoken::<server::Reinstall>("reinstall"),
        spoken::<order::Show>("order"),
        spoken::<order::AskRefund>("refund-request"),
        spoken::<checkouts::Show>("checkouts"),
        spoken::<order::Credentials>("credentials"),
        spoken::<order::Go>("go"),
        spoken::<order::Return>("return"),
        rendered::<paper::Show>("paper"),
        rendered::<paper::StatementPage>("statement"),
        spoken::<paper::List>("account-papers"),
        rendered::<paper::StaffList>("admin-papers"),
        rendered::<demo::Panel>("demo"),
        rendered::<gallery::Gallery>("gallery"),
        spoken::<sorry::Sorry>("sorry"),
        rendered::<sorry::Explained>("explained"),
    ];
    for_everybody.into_iter().chain(for_staff()).flatten().collect()
}

fn for_staff() -> Vec<Vec<Rendered>> {
    vec![
        rendered::<admin::home::Home>("admin"),
        rendered::<admin::attention::List>("admin-attention"),
        rendered::<admin::investigation::Investigation>("admin-investigation"),
        rendered::<admin::orders::List>("admin-orders"),
        rendered::<admin::orders::Show>("admin-order"),
        rendered::<admin::trace::Diagnosis>("admin-diagnosis"),
        rendered::<admin::remedies::Preview>("admin-preview"),
        rendered::<admin::audit::Trail>("admin-audit"),
        rendered::<admin::staff::Staff>("admin-staff"),
        rendered::<admin::customers::List>("admin-customers"),
        rendered::<admin::customers::Show>("admin-customer"),
        rendered::<admin::wallet::StaffWallet>("admin-wallet"),
        rendered::<admin::incident::Incident>("admin-incident"),
        rendered::<admin::stock::Stock>("admin-stock"),
        rendered::<admin::product::ProductSheet>("admin-product"),
        rendered::<admin::sync::SyncPage>("admin-sync"),
        rendered::<admin::providers::ProvidersPage>("admin-providers"),
        rendered::<admin::gateways::GatewaysPage>("admin-gateways"),
        rendered::<admin::payments::PaymentsPage>("admin-payments"),
        rendered::<admin::by_hand::ByHand>("admin-by-hand"),
        rendered::<admin::coupons::Coupons>("admin-coupons"),
        rendered::<brand::LegalPage>("legal"),
        rendered::<brand::Face>("admin-brand"),
        rendered::<brand::LegalForm>("admin-legal"),
        rendered::<admin::settings::SettingsPage>("admin-settings"),
        rendered::<party::Seller>("admin-shop"),
        rendered::<admin::profit::Earnings>("admin-profit"),
        rendered::<admin::books::Books>("admin-books"),
        rendered::<admin::costs::Costs>("admin-costs"),
        rendered::<admin::quarantine::Quarantine>("admin-quarantine"),
        rendered::<admin::Alerts>("admin-alerts"),
        rendered::<admin::silence::Ask>("admin-silence"),
        rendered::<admin::mails::List>("admin-mails"),
        rendered::<admin::mails::Show>("admin-mail"),
        rendered::<admin::mails::Gallery>("admin-mail-templates"),
        rendered::<admin::mail_texts::List>("admin-mail-texts"),
        rendered::<admin::mail_texts::TextForm>("admin-mail-text"),
    ]
}

fn rendered<P: Sample + askama::Template>(page: &str) -> Vec<Rendered> {
    let samples = P::samples(Language::default()).into_iter();
    samples.map(|(state, sample)| (format!("{page}-{state}"), sample.render())).collect()
}

/// Of a page that speaks every language: its samples in each.
fn spoken<P: Sample + askama::Template>(page: &str) -> Vec<Rendered> {
    let mut all = rendered::<P>(page);
    for language in Language::all().filter(|language| !language.is_first()) {
        let samples = P::samples(language).into_iter();
        let name = |state| format!("{page}-{state}-in-{}", language.code());
        all.extend(samples.map(|(state, sample)| (name(state), sample.render())));
    }
    all
}
