//! Cashfree's own shapes, exactly. Private to this folder.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `POST /orders`.
#[derive(Debug, Serialize)]
pub struct NewOrder<'a> {
    pub order_id: &'a str,
    pub order_amount: Box<RawValue>,
    pub order_currency: &'static str,
    pub customer_details: Customer,
    pub order_meta: Meta,
    pub order_note: String,
    pub order_expiry_time: String,
}

#[derive(Debug, Serialize)]
pub struct Customer {
    pub customer_id: String,
    pub customer_name: String,
    pub customer_email: String,
    pub customer_phone: String,
}

#[derive(Debug, Serialize)]
pub struct Meta {
    pub return_url: String,
    pub notify_url: String,
}

/// An id that is written as text or as a number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Id {
    Text(String),
    Number(u64),
}

impl Id {
    pub fn text(self) -> String {
        match self {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        }
    }
}

/// The answer to `POST /orders`, and `GET /orders/{order_id}`.
#[derive(Debug, Deserialize)]
pub struct OrderRow {
    pub cf_order_id: Id,
    pub order_id: String,
    pub order_amount: Box<RawValue>,
    pub order_currency: String,
    pub order_status: OrderStatus,
    pub payment_session_id: Option<String>,
    pub order_expiry_time: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    Active,
    Paid,
    Expired,
    Terminated,
    TerminationRequested,
    /// Nobody knows what it means: never success, never the end.
    #[serde(untagged)]
    Other(String),
}

/// `POST /orders/sessions`.
#[derive(Debug, Serialize)]
pub struct NewSession<'a> {
    pub payment_session_id: &'a str,
    pub payment_method: Method,
}

#[derive(Debug, Serialize)]
pub struct Method {
    pub upi: Channel,
}

#[derive(Debug, Serialize)]
pub struct Channel {
    pub channel: &'static str,
}

#[derive(Debug, Deserialize)]
pub struct Session {
    pub data: SessionData,
}

#[derive(Debug, Deserialize)]
pub struct SessionData {
    pub url: Option<String>,
}

/// A row of `GET /orders/{order_id}/payments`.
#[derive(Debug, Deserialize)]
pub struct Payment {
    pub cf_payment_id: Id,
    pub order_id: String,
    pub payment_status: PaymentStatus,
    pub payment_amount: Box<RawValue>,
    pub payment_currency: String,
    /// `false`: the money is only authorised.
    pub is_captured: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    Success,
    NotAttempted,
    Failed,
    UserDropped,
    Void,
    Cancelled,
    Pending,
    /// They look into it: neither taken nor given back yet.
    Flagged,
    #[serde(untagged)]
    Other(String),
}

/// `POST /orders/{order_id}/refunds`.
#[derive(Debug, Serialize)]
pub struct NewRefund {
    pub refund_amount: Box<RawValue>,
    pub refund_id: String,
    pub refund_note: String,
    pub refund_speed: &'static str,
}

/// Its answer, and `GET /orders/{order_id}/refunds/{refund_id}`.
#[derive(Debug, Deserialize)]
pub struct RefundRow {
    pub cf_refund_id: Id,
    pub order_id: String,
    pub refund_id: String,
    pub refund_amount: Box<RawValue>,
    pub refund_currency: String,
    pub refund_status: RefundStatus,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RefundStatus {
    Success,
    Pending,
    Cancelled,
    Onhold,
    Failed,
    #[serde(untagged)]
    Other(String),
}

/// Any error.
#[derive(Debug, Deserialize)]
pub struct Refused {
    pub message: String,
    pub code: String,
}

/// A webhook. The rest of it is not believed.
#[derive(Debug, Deserialize)]
pub struct News {
    #[serde(rename = "type")]
    pub kind: String,
    pub data: NewsData,
}

#[derive(Debug, Deserialize)]
pub struct NewsData {
    pub order: Option<NewsOrder>,
    pub refund: Option<NewsOrder>,
    pub payment: Option<NewsPayment>,
}

#[derive(Debug, Deserialize)]
pub struct NewsOrder {
    pub order_id: String,
}

#[derive(Debug, Deserialize)]
pub struct NewsPayment {
    pub cf_payment_id: Id,
}
