//! UPIGateway's own shapes, exactly. Private to this folder. The key stands in every question, so
//! none of them can be printed.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `POST /api/create_order`.
#[derive(Serialize)]
pub struct NewOrder<'a> {
    pub key: &'a str,
    pub client_txn_id: &'a str,
    /// Rupees, as text.
    pub amount: String,
    pub p_info: String,
    pub customer_name: String,
    pub customer_email: &'a str,
    pub customer_mobile: String,
    pub redirect_url: &'a str,
    pub udf1: &'a str,
    pub udf2: &'a str,
    pub udf3: &'a str,
}

/// `POST /api/check_order_status`.
#[derive(Serialize)]
pub struct Question<'a> {
    pub key: &'a str,
    pub client_txn_id: &'a str,
    /// `DD-MM-YYYY`, the day of creation in India.
    pub txn_date: &'a str,
}

/// Any answer. `data` is there when `status` is true.
#[derive(Debug, Deserialize)]
pub struct Answer<T> {
    pub status: bool,
    #[serde(default)]
    pub msg: String,
    pub data: Option<T>,
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

#[derive(Debug, Deserialize)]
pub struct Opened {
    pub order_id: Id,
    pub payment_url: String,
}

#[derive(Debug, Deserialize)]
pub struct OrderRow {
    pub id: Option<Id>,
    pub client_txn_id: String,
    pub amount: Box<RawValue>,
    pub status: Status,
    pub upi_txn_id: Option<Id>,
    #[serde(default)]
    pub remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Created,
    Scanning,
    Success,
    Failure,
    /// Nobody knows what it means: never success, never the end.
    #[serde(untagged)]
    Other(String),
}
