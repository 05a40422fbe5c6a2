//! The gateway's own shapes, exactly. Private to this folder.

use serde::{Deserialize, Serialize};

/// `POST /v1/payments`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPayment<'a> {
    pub payment: &'a str,
    pub amount_minor: i64,
    pub currency: &'static str,
    pub purpose: &'a str,
    pub buyer_name: &'a str,
    pub buyer_email: &'a str,
    pub return_url: &'a str,
    pub notify_url: &'a str,
}

/// Its answer, 200 or 201.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    pub order: String,
    pub payment: String,
    pub amount_minor: i64,
    pub currency: String,
    pub pay_url: String,
    /// RFC 3339. Whatever else stands here, the payment is open.
    #[serde(default)]
    pub expires_at: serde_json::Value,
}

/// `GET /v1/payments/{payment}`.
#[derive(Debug, Deserialize)]
pub struct Payment {
    pub order: String,
    pub payment: String,
    pub status: Status,
    pub captures: Vec<Capture>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Pending,
    Failed,
    Expired,
    Paid,
    /// Nobody knows what it means: never success, never the end.
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capture {
    pub id: String,
    pub order: String,
    pub payment: String,
    pub amount_minor: i64,
    pub currency: String,
}

/// `POST /v1/refunds`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRefund<'a> {
    pub refund: &'a str,
    pub capture: &'a str,
    pub amount_minor: i64,
    pub currency: &'static str,
    pub note: &'a str,
}

/// Its answer, and that of `GET /v1/refunds/{refund}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    pub id: String,
    pub refund: String,
    pub capture: String,
    pub amount_minor: i64,
    pub currency: String,
    pub status: RefundStatus,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefundStatus {
    Pending,
    Done,
    Failed,
    #[serde(untagged)]
    Other(String),
}

/// Any error.
#[derive(Debug, Deserialize)]
pub struct Refused {
    pub error: ErrorWords,
    /// `false` promises that the request opened nothing; missing or null promises nothing.
    pub created: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct ErrorWords {
    pub code: String,
    pub message: String,
}

/// A webhook. The rest of it is not believed.
#[derive(Debug, Deserialize)]
pub struct News {
    pub event: String,
    #[serde(rename = "type", default)]
    pub kind: String,
    pub payment: String,
}
