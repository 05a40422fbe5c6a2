//! The address that invoices name, as a form: the shop's own, or a customer's.

use askama::Template;
use domain::gst::State;
use domain::party::Party;

use crate::language::Language;
use crate::view::{Choice, Field, Frame, Here, Sample};

/// What is filled in, on both pages.
#[derive(Clone, Debug, Default)]
pub struct PartyForm {
    pub name: Field,
    pub street: Field,
    pub city: Field,
    pub postcode: Field,
    /// States of India; nothing is abroad.
    pub states: Vec<Choice>,
    pub country: Field,
    pub gstin: Field,
}

impl PartyForm {
    pub fn of(party: Option<&Party>, language: Language) -> PartyForm {
        let Some(party) = party else {
            return PartyForm { states: states("", language), ..PartyForm::default() };
        };
        let place = party.place.to_string();
        let state = if place.starts_with("IN-") { &*place } else { "" };
        PartyForm {
            name: Field::of(&party.name),
            street: Field::of(&party.street),
            city: Field::of(&party.city),
            postcode: Field::of(&party.postcode),
            states: states(state, language),
            country: Field::of(if state.is_empty() { &*place } else { "" }),
            gstin: Field::of(party.gstin.as_ref().map_or("", |gstin| gstin.as_str())),
        }
    }

    fn sample(language: Language) -> PartyForm {
        PartyForm {
            name: Field::of("Ada Traders"),
            street: Field::of("1 Marine Drive"),
            city: Field::of("Mumbai"),
            postcode: Field::of("400001"),
            states: states("IN-27", language),
            country: Field::default(),
            gstin: Field::of("27AAPFU0939F1ZV"),
        }
    }

    fn wrong_sample(language: Language) -> PartyForm {
        PartyForm {
            name: Field::wrong("", language.say("party-wrong-line")),
            states: states("IN-29", language),
            gstin: Field::wrong("27AAPFU0939F1ZV", language.say("party-wrong-gstin")),
            ..PartyForm::sample(language)
        }
    }
}

/// States by their names, and a line for everywhere else.
pub fn states(chosen: &str, language: Language) -> Vec<Choice> {
    let mut states: Vec<Choice> = State::all()
        .map(|state| Choice::of(format!("IN-{}", state.code()), state.name()))
        .collect();
    states.sort_by(|one, other| one.label.cmp(&other.label));
    let all = std::iter::once(Choice::of("", language.say("party-abroad"))).chain(states);
    all.map(|choice| Choice { chosen: choice.value == chosen, ..choice }).collect()
}

/// `/account/billing`
#[derive(Clone, Debug, Template)]
#[template(path = "account/billing.html")]
pub struct Billing {
    pub frame: Frame,
    pub form: PartyForm,
    pub is_known: bool,
}

impl Sample for Billing {
    fn samples(language: Language) -> Vec<(&'static str, Billing)> {
        let frame = Frame::spoken_sample(language, "billing-title", Here::Account);
        let empty = Billing { form: PartyForm::of(None, language), is_known: false, frame };
        let known = Billing { form: PartyForm::sample(language), is_known: true, ..empty.clone() };
        let wrong = Billing { form: PartyForm::wrong_sample(language), ..known.clone() };
        vec![("empty", empty), ("known", known), ("wrong", wrong)]
    }
}

/// `/admin/shop`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/shop.html")]
pub struct Seller {
    pub frame: Frame,
    pub form: PartyForm,
    pub is_known: bool,
    pub may_change: bool,
    /// In words: what the settings say of tax.
    pub tax: String,
}

impl Sample for Seller {
    fn samples(language: Language) -> Vec<(&'static str, Seller)> {
        let empty = Seller {
            frame: Frame::staff_sample("The shop", Here::StaffShop),
            form: PartyForm::of(None, language),
            is_known: false,
            may_change: true,
            tax: "18 % on top of prices".into(),
        };
        let known = Seller { form: PartyForm::sample(language), is_known: true, ..empty.clone() };
        let support = Seller { may_change: false, ..known.clone() };
        vec![("empty", empty), ("known", known), ("support", support)]
    }
}
