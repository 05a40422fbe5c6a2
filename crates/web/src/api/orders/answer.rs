//! An order as programs read it. What it shows, and to whom, the engine's view has decided.

use engine::checkout::Paying;
use engine::read::{Moment, OrderView, PayLink, StaffMoment};
use engine::refund_request::RefundRequest;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{maybe_time, time};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Order)]
pub(crate) struct OrderAnswer {
    #[serde(rename = "_id")]
    id: String,
    #[schema(example = "ORD-4CIYNGEQK6")]
    order_number: String,
    #[schema(example = "🌊 103.181.91")]
    product_name: String,
    ip_stock_id: String,
    #[schema(example = "8GB")]
    memory: String,
    /// Nothing: any.
    os: Option<&'static str>,
    /// Whole minor units.
    amount: i64,
    currency: &'static str,
    payment_status: &'static str,
    status: &'static str,
    provisioning_status: &'static str,
    provisioning_error: Option<String>,
    /// Null until the server has been delivered.
    #[serde(rename = "provisionedIP")]
    provisioned_ip: Option<String>,
    receipt: String,
    created_at: String,
    paid_at: Option<String>,
    delivered_at: Option<String>,
    /// Until when the server is the customer's.
    sold_until: Option<String>,
    /// Of an unpaid order: until when its server is kept.
    reserved_until: Option<String>,
    /// The customer may choose between money back and waiting.
    choice_offered: bool,
    /// Money that the customer asked back, and what was answered.
    refund_request: Option<RefundRequestAnswer>,
    /// Where it can be paid now.
    payment: Option<Payable>,
    version: i64,
    timeline: Vec<TimelineAnswer>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefundRequest)]
struct RefundRequestAnswer {
    /// `open`, `given` where money back was decided, all of it or a part, or `declined`.
    #[schema(example = "open")]
    state: &'static str,
    asked_at: String,
    answered_at: Option<String>,
    /// Why it was declined, in words for the customer.
    public: Option<String>,
}

impl From<RefundRequest> for RefundRequestAnswer {
    fn from(request: RefundRequest) -> RefundRequestAnswer {
        let RefundRequest { asked_at, state, answered_at, public } = request;
        let (asked_at, answered_at) = (time(asked_at), maybe_time(answered_at));
        RefundRequestAnswer { state: state.word(), asked_at, answered_at, public }
    }
}

/// A way to pay that is open. `url` is null while it is not certain that the gateway took it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payable)]
pub(crate) struct Payable {
    /// Our name of this payment, as the gateway knows it.
    pub client_txn_id: String,
    pub method: String,
    /// Whole minor units: all, or what the wallet leaves.
    pub amount: i64,
    pub url: Option<String>,
}

impl From<PayLink> for Payable {
    fn from(link: PayLink) -> Payable {
        let PayLink { payment, method, amount, url } = link;
        let client_txn_id = payment.to_string();
        Payable { client_txn_id, method, amount: amount.minor, url: Some(url) }
    }
}

impl From<Paying> for Payable {
    fn from(paying: Paying) -> Payable {
        let Paying { payment, method, amount, url } = paying;
        Payable { client_txn_id: payment.to_string(), method, amount: amount.minor, url }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Moment)]
struct TimelineAnswer {
    at: String,
    what: String,
    /// For staff alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<Behind>,
}

/// What staff also read of a moment.
#[derive(Debug, Serialize, ToSchema)]
struct Behind {
    kind: String,
    stage: String,
    actor: String,
    /// Claim, reading and permit numbers, and reasons.
    data: serde_json::Value,
}

impl OrderAnswer {
    /// The same order with everything that its timeline says to staff.
    pub fn for_staff(view: OrderView, moments: Vec<StaffMoment>) -> OrderAnswer {
        let told = |moment: StaffMoment| {
            let StaffMoment { at, what, kind, stage, actor, data } = moment;
            let data = serde_json::from_str(&data).unwrap_or(serde_json::Value::String(data));
            let behind = Some(Behind { kind, stage, actor, data });
            TimelineAnswer { at: time(at), what, behind }
        };
        let timeline = moments.into_iter().map(told).collect();
        OrderAnswer { timeline, ..OrderAnswer::from(view) }
    }
}

impl From<OrderView> for OrderAnswer {
    fn from(view: OrderView) -> OrderAnswer {
        let payment = view.pay.map(Payable::from);
        let told = |moment: Moment| {
            let Moment { at, what } = moment;
            TimelineAnswer { at: time(at), what, behind: None }
        };
        OrderAnswer {
            id: view.id.to_string(),
            order_number: view.number,
            product_name: view.product_name,
            ip_stock_id: view.product.to_string(),
            memory: view.memory.to_string(),
            os: view.os.map(domain::os::Os::code),
            amount: view.amount.minor,
            currency: view.amount.currency.code(),
            payment_status: view.seen.payment.as_str(),
            status: view.seen.status.as_str(),
            provisioning_status: view.seen.provisioning.as_str(),
            provisioning_error: view.provisioning_error,
            provisioned_ip: view.provisioned_ip.map(|address| address.to_string()),
            receipt: view.receipt,
            created_at: time(view.created_at),
            paid_at: maybe_time(view.paid_at),
            delivered_at: maybe_time(view.delivered_at),
            sold_until: maybe_time(view.sold_until),
            reserved_until: maybe_time(view.reserved_until),
            choice_offered: view.offered,
            refund_request: view.refund_request.map(RefundRequestAnswer::from),
            payment,
            version: view.version,
            timeline: view.timeline.into_iter().map(told).collect(),
        }
    }
}
