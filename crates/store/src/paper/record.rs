//! What a paper says, as its row keeps it. Papers are kept for years: a field that comes later
//! must be one that older papers may lack.

use domain::gst::{Gstin, Place};
use domain::paper::{Buyer, Content, Line};
use domain::party::Party;
use domain::tax::{Kind, Mode, Rate, Tax};
use serde::{Deserialize, Serialize};

use crate::db::Result;
use crate::order::inconsistent;

#[derive(Serialize, Deserialize)]
struct Kept {
    seller: Option<KeptParty>,
    #[serde(default)]
    shop: Option<String>,
    buyer_name: String,
    buyer_email: String,
    buyer: Option<KeptParty>,
    sac: String,
    tax_rate: u32,
    tax_mode: String,
    tax_kind: String,
    tax_place: Option<String>,
    lines: Vec<KeptLine>,
    order_number: String,
    order_total: i64,
    receipt: String,
    against: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptParty {
    name: String,
    street: String,
    city: String,
    postcode: String,
    place: String,
    gstin: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptLine {
    what: String,
    discount: i64,
    net: i64,
    taxes: i64,
}

pub(super) fn written(content: &Content) -> Result<String> {
    let Content { buyer, tax, .. } = content;
    let kept = Kept {
        seller: content.seller.as_ref().map(party),
        shop: content.shop.clone(),
        buyer_name: buyer.name.clone(),
        buyer_email: buyer.email.clone(),
        buyer: buyer.address.as_ref().map(party),
        sac: content.sac.clone(),
        tax_rate: tax.rate.as_basis_points(),
        tax_mode: tax.mode.as_str().into(),
        tax_kind: tax.kind.as_str().into(),
        tax_place: tax.place.map(|place| place.to_string()),
        lines: content.lines.iter().map(line).collect(),
        order_number: content.order_number.clone(),
        order_total: content.order_total,
        receipt: content.receipt.clone(),
        against: content.against.clone(),
    };
    serde_json::to_string(&kept).map_err(|error| inconsistent("paper", error))
}

fn party(party: &Party) -> KeptParty {
    KeptParty {
        name: party.name.clone(),
        street: party.street.clone(),
        city: party.city.clone(),
        postcode: party.postcode.clone(),
        place: party.place.to_string(),
        gstin: party.gstin.as_ref().map(|gstin| gstin.as_str().to_owned()),
    }
}

fn line(line: &Line) -> KeptLine {
    let Line { what, discount, net, taxes } = line.clone();
    KeptLine { what, discount, net, taxes }
}

pub(super) fn read(text: &str) -> Result<Content> {
    let kept: Kept = serde_json::from_str(text).map_err(|error| inconsistent("paper", error))?;
    let bad = |what: &str| inconsistent("paper", format!("{what} of its tax"));
    let line = |line: KeptLine| {
        let KeptLine { what, discount, net, taxes } = line;
        Line { what, discount, net, taxes }
    };
    Ok(Content {
        seller: kept.seller.map(read_party).transpose()?,
        shop: kept.shop,
        buyer: Buyer {
            name: kept.buyer_name,
            email: kept.buyer_email,
            address: kept.buyer.map(read_party).transpose()?,
        },
        sac: kept.sac,
        tax: Tax {
            rate: Rate::basis_points(kept.tax_rate).ok_or_else(|| bad("the rate"))?,
            mode: Mode::parse(&kept.tax_mode).ok_or_else(|| bad("the mode"))?,
            kind: Kind::parse(&kept.tax_kind).ok_or_else(|| bad("the kind"))?,
            place: kept.tax_place.as_deref().map(read_place).transpose()?,
        },
        lines: kept.lines.into_iter().map(line).collect(),
        order_number: kept.order_number,
        order_total: kept.order_total,
        receipt: kept.receipt,
        against: kept.against,
    })
}

fn read_place(text: &str) -> Result<Place> {
    Place::parse(text).ok_or_else(|| inconsistent("paper", format!("place {text:?}")))
}

fn read_party(kept: KeptParty) -> Result<Party> {
    let gstin = kept.gstin.as_deref().map(Gstin::parse).transpose();
    Ok(Party {
        name: kept.name,
        street: kept.street,
        city: kept.city,
        postcode: kept.postcode,
        place: read_place(&kept.place)?,
        gstin: gstin.map_err(|error| inconsistent("paper", error))?,
    })
}
