//! Taking one's data along and closing the account; the same for staff at a customer's request.

use askama::Template;
use engine::account::closing::{Leaving, Ties};

use crate::view::{Field, Frame, Here, Sample};

/// `/account/leave`, `/admin/accounts/{id}/leave`
#[derive(Clone, Debug, Template)]
#[template(path = "account/leave.html")]
pub struct Leave {
    pub frame: Frame,
    /// Below which address the two forms are.
    pub at: String,
    /// Staff do it at a customer's request: whose account it is.
    pub theirs: Option<String>,
    /// What stands in the way, in words; none, and it can be closed.
    pub reasons: Vec<String>,
    /// What is given up with the account.
    pub given_up: String,
    pub email: Field,
    /// Why it was not closed.
    pub refused: Option<String>,
}

/// What stands in the way, one sentence each, with what to do.
pub fn reasons(leaving: &Leaving) -> Vec<String> {
    let Ties { running, open, payments, refunds, disputes } = leaving.ties;
    let counted = |count: i64, one: &str, several: &str, then: &str| {
        let what = if count == 1 { format!("1 {one}") } else { format!("{count} {several}") };
        (count > 0).then(|| format!("{what}: {then}"))
    };
    let mut reasons: Vec<String> = [
        counted(
            running,
            "server runs",
            "servers run",
            "wait until the time that was paid is over.",
        ),
        counted(
            open,
            "order is not at its end",
            "orders are not at their end",
            "cancel what is not paid, and let the rest be delivered or paid back.",
        ),
        counted(
            payments,
            "payment is being looked up",
            "payments are being looked up",
            "the gateway tells within three days whether it arrives.",
        ),
        counted(refunds, "refund is under way", "refunds are under way", "wait until it arrives."),
        counted(disputes, "dispute is open", "disputes are open", "the bank has to decide first."),
    ]
    .into_iter()
    .flatten()
    .collect();
    for owed in &leaving.owed {
        let owed = owed.for_people();
        reasons.push(format!("{owed} is owed: it must be back, or in the wallet, first."));
    }
    if leaving.is_staff {
        reasons.push("It is an account of staff, and those are not closed.".to_owned());
    }
    if leaving.is_closed {
        reasons.push("It is closed already.".to_owned());
    }
    reasons
}

impl Sample for Leave {
    fn samples() -> Vec<(&'static str, Leave)> {
        let free = Leave {
            frame: Frame::sample("Your data, and leaving", Here::Account),
            at: "/account".into(),
            theirs: None,
            reasons: vec![],
            given_up: String::new(),
            email: Field::default(),
            refused: None,
        };
        let ties = Ties { running: 2, open: 1, ..Ties::default() };
        let tied = Leave {
            reasons: reasons(&Leaving { ties, is_staff: true, ..Leaving::default() }),
            ..free.clone()
        };
        let wrong = Leave {
            given_up: "₹500".into(),
            email: Field::wrong("asha", "This is not the address of the account."),
            refused: Some("Type the email address of the account.".into()),
            ..free.clone()
        };
        let theirs = Leave {
            frame: Frame::staff_sample("A customer's data", Here::StaffOrders),
            at: "/admin/accounts/acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            theirs: Some("asha@example.com".into()),
            ..free.clone()
        };
        vec![("free", free), ("tied", tied), ("wrong", wrong), ("theirs", theirs)]
    }
}
