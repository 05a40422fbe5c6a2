//! Stripe's own shapes, exactly. Private to this folder. What is sent is a form: see `map.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The answer to `POST /checkout/sessions`, and `GET /checkout/sessions/{id}`.
#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    pub id: String,
    pub client_reference_id: Option<String>,
    pub amount_total: Option<i64>,
    pub currency: Option<String>,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
    pub payment_intent: Option<String>,
    pub url: Option<String>,
    pub expires_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    Open,
    /// With `unpaid`: a slow method, that may still end either way.
    Complete,
    Expired,
    /// Nobody knows what it means: never success, never the end.
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Unpaid,
    Paid,
    NoPaymentRequired,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    pub has_more: bool,
}

/// `GET /payment_intents/{id}`, its charge unfolded.
#[derive(Debug, Deserialize)]
pub struct Intent {
    pub id: String,
    pub status: IntentStatus,
    pub amount_received: i64,
    pub currency: String,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub latest_charge: Option<Charge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Processing,
    Succeeded,
    Canceled,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Deserialize)]
pub struct Charge {
    pub balance_transaction: Option<Balance>,
}

/// What reached our account there, and what they kept.
#[derive(Debug, Deserialize)]
pub struct Balance {
    pub fee: i64,
    pub currency: String,
}

/// The answer to `POST /refunds`, and a row of `GET /refunds`.
#[derive(Debug, Deserialize)]
pub struct RefundRow {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub status: RefundStatus,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
    #[serde(untagged)]
    Other(String),
}

/// Any error.
#[derive(Debug, Deserialize)]
pub struct Refused {
    pub error: ErrorWords,
}

#[derive(Debug, Deserialize)]
pub struct ErrorWords {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub message: String,
}

/// A webhook. The rest of it is not believed.
#[derive(Debug, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub data: EventData,
}

#[derive(Debug, Deserialize)]
pub struct EventData {
    pub object: Object,
}

/// Whatever an event is about: a session, a charge, a refund or a dispute.
#[derive(Debug, Deserialize)]
pub struct Object {
    pub id: Option<String>,
    pub client_reference_id: Option<String>,
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub status: Option<String>,
}
