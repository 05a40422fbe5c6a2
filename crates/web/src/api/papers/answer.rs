//! How programs read a paper.

use domain::paper::Paper;
use domain::party::Party;
use engine::read::Captured;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::time;
use crate::paths;

/// A tax invoice or a credit note, as it was frozen. Amounts are whole minor units of `currency`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Paper)]
pub(crate) struct PaperAnswer {
    #[serde(rename = "_id")]
    id: String,
    /// `invoice` or `credit_note`.
    kind: &'static str,
    #[schema(example = "INV/26-27/000042")]
    number: String,
    /// When the money came, or when it was decided that it goes back.
    at: String,
    order_id: String,
    order_number: String,
    currency: &'static str,
    net: i64,
    igst: i64,
    cgst: i64,
    sgst: i64,
    rounding: i64,
    total: i64,
    in_words: String,
    /// The service's number in the tax tariff.
    sac: String,
    place_of_supply: Option<String>,
    seller: Option<PartyOnPaper>,
    buyer: BuyerAnswer,
    lines: Vec<LineAnswer>,
    /// Of a credit note: the invoices that it takes back from.
    against: Vec<String>,
    /// Where the PDF is.
    pdf: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PartyOnPaper {
    name: String,
    street: String,
    city: String,
    postcode: String,
    place: String,
    gstin: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct BuyerAnswer {
    name: String,
    email: String,
    address: Option<PartyOnPaper>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct LineAnswer {
    what: String,
    discount: i64,
    net: i64,
    taxes: i64,
}

impl From<Paper> for PaperAnswer {
    fn from(paper: Paper) -> PaperAnswer {
        let (number, total) = (paper.number(), paper.total());
        let Paper { id, kind, order, at, currency, sums, content, .. } = paper;
        let line = |line: domain::paper::Line| LineAnswer {
            what: line.what,
            discount: line.discount,
            net: line.net,
            taxes: line.taxes,
        };
        PaperAnswer {
            kind: kind.as_str(),
            number,
            at: time(at),
            order_id: order.to_string(),
            order_number: content.order_number,
            currency: currency.code(),
            net: sums.net,
            igst: sums.igst,
            cgst: sums.cgst,
            sgst: sums.sgst,
            rounding: sums.rounding,
            total: total.minor,
            in_words: domain::words::amount(total),
            sac: content.sac,
            place_of_supply: content.tax.place.map(|place| place.to_string()),
            seller: content.seller.map(party),
            buyer: BuyerAnswer {
                name: content.buyer.name,
                email: content.buyer.email,
                address: content.buyer.address.map(party),
            },
            lines: content.lines.into_iter().map(line).collect(),
            against: content.against,
            pdf: paths::paper_pdf(&id),
            id: id.to_string(),
        }
    }
}

fn party(party: Party) -> PartyOnPaper {
    PartyOnPaper {
        name: party.name,
        street: party.street,
        city: party.city,
        postcode: party.postcode,
        place: party.place.to_string(),
        gstin: party.gstin.map(|gstin| gstin.as_str().to_owned()),
    }
}

/// The papers of an order, and the payments that there are receipts of.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderPapersAnswer {
    pub papers: Vec<PaperAnswer>,
    pub receipts: Vec<ReceiptAnswer>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptAnswer {
    at: String,
    amount: i64,
    currency: &'static str,
    gateway: String,
    reference: String,
    /// It paid the order; otherwise it is owed.
    paid: bool,
    pdf: String,
}

impl ReceiptAnswer {
    pub fn of(order: &domain::id::OrderId, number: usize, payment: Captured) -> ReceiptAnswer {
        ReceiptAnswer {
            at: time(payment.at),
            amount: payment.amount.minor,
            currency: payment.amount.currency.code(),
            gateway: payment.gateway,
            reference: payment.gateway_payment,
            paid: payment.has_paid,
            pdf: paths::receipt_pdf(order, number),
        }
    }
}
