//! Taking one's data along and closing the account; the same for staff at a customer's request.

use askama::Template;
use engine::account::closing::{Leaving, Ties};

use crate::language::Language;
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
pub fn reasons(leaving: &Leaving, language: Language) -> Vec<String> {
    let Ties { running, open, payments, refunds, disputes } = leaving.ties;
    let mut reasons = Vec::new();
    if running > 0 {
        reasons.push(language.say_with("leave-running", "count", running));
    }
    if open > 0 {
        reasons.push(language.say_with("leave-orders", "count", open));
    }
    if payments > 0 {
        reasons.push(language.say_with("leave-payments", "count", payments));
    }
    if refunds > 0 {
        reasons.push(language.say_with("leave-back", "count", refunds));
    }
    if disputes > 0 {
        reasons.push(language.say_with("leave-disputes", "count", disputes));
    }
    for owed in &leaving.owed {
        reasons.push(language.say_with("leave-owed", "amount", owed.for_people()));
    }
    if leaving.is_staff {
        reasons.push(language.say("leave-staff"));
    }
    if leaving.is_closed {
        reasons.push(language.say("leave-closed"));
    }
    reasons
}

impl Sample for Leave {
    fn samples(language: Language) -> Vec<(&'static str, Leave)> {
        let free = Leave {
            frame: Frame::spoken_sample(language, "leave-title", Here::Account),
            at: "/account".into(),
            theirs: None,
            reasons: vec![],
            given_up: String::new(),
            email: Field::default(),
            refused: None,
        };
        let ties = Ties { running: 2, open: 1, ..Ties::default() };
        let tied = Leave {
            reasons: reasons(&Leaving { ties, is_staff: true, ..Leaving::default() }, language),
            ..free.clone()
        };
        let wrong = Leave {
            given_up: "₹500".into(),
            email: Field::of("asha"),
            refused: Some(
                language.refusal("not-confirmed", "type the email address of the account"),
            ),
            ..free.clone()
        };
        let theirs = Leave {
            frame: Frame::staff_sample("A customer's data", Here::StaffCustomers),
            at: "/admin/accounts/acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            theirs: Some("asha@example.com".into()),
            ..free.clone()
        };
        let mut all = vec![("free", free), ("tied", tied), ("wrong", wrong)];
        // Staff do it in English.
        all.extend(language.is_first().then_some(("theirs", theirs)));
        all
    }
}
