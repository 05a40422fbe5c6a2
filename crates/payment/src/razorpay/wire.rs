//! Razorpay's own shapes, exactly. Private to this folder.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `POST /orders`.
#[derive(Debug, Serialize)]
pub struct NewOrder<'a> {
    pub amount: i64,
    pub currency: &'static str,
    pub receipt: &'a str,
    /// 1: they capture what is authorised, by themselves.
    pub payment_capture: u8,
    pub notes: BTreeMap<&'static str, &'a str>,
}

/// Its answer, and that of `GET /orders/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderRow {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    /// Nothing for orders that others made.
    pub receipt: Option<String>,
    pub status: OrderStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderStatus {
    Created,
    Attempted,
    Paid,
    #[serde(untagged)]
    Other(String),
}

/// `GET /orders?receipt=…`, `GET /orders/{id}/payments`, `GET /payments/{id}/refunds`.
#[derive(Debug, Deserialize)]
pub struct Collection<T> {
    pub items: Vec<T>,
}

/// One try of a buyer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Payment {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: PaymentStatus,
    pub order_id: Option<String>,
    /// What they keep, tax included; told once it is captured.
    pub fee: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentStatus {
    Created,
    Authorized,
    Captured,
    /// Captured, and given back since: the money came all the same.
    Refunded,
    Failed,
    /// Nobody knows what it means: never success, never the end.
    #[serde(untagged)]
    Other(String),
}

/// `POST /payments/{id}/capture`.
#[derive(Debug, Serialize)]
pub struct Take {
    pub amount: i64,
    pub currency: &'static str,
}

/// `POST /payments/{id}/refund`.
#[derive(Debug, Serialize)]
pub struct NewRefund<'a> {
    pub amount: i64,
    pub speed: &'static str,
    pub receipt: &'a str,
    pub notes: BTreeMap<&'static str, String>,
}

/// Its answer, and a row of `GET /payments/{id}/refunds`.
#[derive(Debug, Deserialize)]
pub struct RefundRow {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub payment_id: String,
    pub receipt: Option<String>,
    pub status: RefundStatus,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefundStatus {
    Pending,
    Processed,
    Failed,
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
    pub code: String,
    #[serde(default)]
    pub description: String,
}

/// A webhook. The rest of it is not believed.
#[derive(Debug, Deserialize)]
pub struct News {
    pub event: String,
    pub payload: Payload,
}

#[derive(Debug, Deserialize)]
pub struct Payload {
    pub payment: Option<Boxed<NewsPayment>>,
    pub order: Option<Boxed<NewsOrder>>,
}

#[derive(Debug, Deserialize)]
pub struct Boxed<T> {
    pub entity: T,
}

#[derive(Debug, Deserialize)]
pub struct NewsPayment {
    pub id: String,
    pub order_id: Option<String>,
    /// An object, or an empty list where there are none.
    #[serde(default)]
    pub notes: serde_json::Value,
}

#[derive(Debug, Deserialize)]
pub struct NewsOrder {
    pub id: String,
    pub receipt: Option<String>,
}
