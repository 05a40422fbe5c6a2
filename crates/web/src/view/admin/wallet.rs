//! A customer's wallet for staff, and giving credit: shown first, and then given.

use askama::Template;

use crate::language::Language;
use crate::view::account::wallet::Line;
use crate::view::{Field, Frame, Here, Sample};

/// `/admin/wallets/{account}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/wallet.html")]
pub struct StaffWallet {
    pub frame: Frame,
    pub id: String,
    pub customer: String,
    /// One for each currency.
    pub balances: Vec<String>,
    pub currency: String,
    pub amount: Field,
    pub reason: Field,
    pub public: Field,
    /// So that the form counts once.
    pub key: String,
    /// What giving it would come to.
    pub did: Vec<String>,
    pub refused: Option<String>,
    pub lines: Vec<Line>,
    pub next: Option<String>,
}

impl StaffWallet {
    pub fn amount_label(&self) -> String {
        format!("Amount in {}", self.currency)
    }
}

impl Sample for StaffWallet {
    fn samples(_: Language) -> Vec<(&'static str, StaffWallet)> {
        let frame = Frame::staff_sample("A customer's wallet", Here::StaffCustomers);
        let plain = StaffWallet {
            id: "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            customer: "asha@example.com".into(),
            balances: vec!["₹901".into()],
            currency: "INR".into(),
            amount: Field::default(),
            reason: Field::default(),
            public: Field::default(),
            key: "8c1f".into(),
            did: vec![],
            refused: None,
            lines: Line::samples(&frame),
            next: None,
            frame,
        };
        let shown = StaffWallet {
            amount: Field::of("100"),
            reason: Field::of("incident of 15 January"),
            public: Field::of("For the two hours on 15 January"),
            did: vec!["their wallet then holds 1001.00 INR".into()],
            ..plain.clone()
        };
        let refused = StaffWallet {
            did: vec![],
            refused: Some("Say why: the reason is missing".into()),
            ..shown.clone()
        };
        vec![("plain", plain), ("shown", shown), ("refused", refused)]
    }
}
