//! What is laid beside an order: the money that came in for it, and the mails about it.

use domain::dispute::State as DisputeState;
use engine::mail::MailId;
use engine::read::{AdminOrder, Dispute, MailLine, Payment, PaymentState};

use crate::admin::mails::state_badge;
use crate::paths;
use crate::view::account::Badge;
use crate::view::admin::mails::kind_words;
use crate::view::admin::money::{Came, Disputed, Paying};
use crate::view::admin::trace::Written;
use crate::view::admin::words::in_words;
use crate::view::{Frame, Tone};

pub(crate) fn payments(payments: &[Payment], frame: &Frame) -> Vec<Paying> {
    let paying = |payment: &Payment| Paying {
        id: payment.id.to_string(),
        gateway: payment.gateway.clone(),
        gateway_order: payment.gateway_order.clone(),
        state: Badge::of(
            match payment.state {
                PaymentState::Captured => Tone::Good,
                PaymentState::Open => Tone::Sea,
                PaymentState::Failed => Tone::Plain,
            },
            in_words(payment.state.word()),
        ),
        amount: payment.amount.for_people(),
        begun: frame.time(payment.created_at),
        reason: payment.reason.clone(),
    };
    payments.iter().map(paying).collect()
}

pub(super) fn captures(all: &AdminOrder, frame: &Frame) -> Vec<Came> {
    let came = all.papers.payments.iter().map(|came| Came {
        gateway: came.gateway.clone(),
        transaction: came.gateway_payment.clone(),
        amount: came.amount.for_people(),
        at: frame.time(came.at),
        has_paid: came.has_paid,
    });
    came.collect()
}

pub(super) fn disputes(all: &AdminOrder, frame: &Frame) -> Vec<Disputed> {
    let disputed = |dispute: &Dispute| Disputed {
        id: dispute.id.clone(),
        transaction: format!("{}: {}", dispute.gateway, dispute.gateway_payment),
        state: Badge::of(
            match dispute.state {
                DisputeState::Open | DisputeState::Lost => Tone::Bad,
                DisputeState::Won => Tone::Good,
            },
            in_words(dispute.state.as_str()),
        ),
        amount: dispute.amount.for_people(),
        opened: frame.time(dispute.opened_at),
    };
    all.disputes.iter().map(disputed).collect()
}

pub(crate) fn mails(mails: &[MailLine], frame: &Frame) -> Vec<Written> {
    let written = |mail: &MailLine| Written {
        url: paths::staff_mail(MailId(mail.id)),
        what: kind_words(&mail.kind),
        to: mail.email.clone(),
        state: state_badge(mail.state),
        at: frame.time(mail.sent_at.unwrap_or(mail.created_at)),
        error: mail.error.clone(),
    };
    mails.iter().map(written).collect()
}
