//! Everything of one order, for staff.

use axum::Json;
use axum::extract::State;
use domain::block::Verdict;
use domain::profit::Profit;
use engine::Engine;
use engine::read::{
    AdminOrder, AmendmentView, AnswerSummary, AttemptView, Booked, Frozen, ServerView,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::disputes::DisputeAnswer;
use super::evidence::EvidenceAnswer;
use super::profit::ProfitAnswer;
use super::refunds::RefundAnswer;
use crate::api::at::Any;
use crate::api::orders::OrderAnswer;
use crate::api::shapes::{Amount, maybe_time, time};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdminOrder)]
pub(crate) struct AdminOrderAnswer {
    #[serde(flatten)]
    order: OrderAnswer,
    account: String,
    email: String,
    /// What was agreed. Never changes.
    frozen: TermsAnswer,
    /// What was agreed since, oldest first; the last one is in force.
    amendments: Vec<AmendmentAnswer>,
    attempts: Vec<AttemptAnswer>,
    servers: Vec<ServerAnswer>,
    payments: Vec<PaymentAnswer>,
    /// Money that goes back, or went, one movement each.
    refunds: Vec<RefundAnswer>,
    /// What the payer's bank took back.
    disputes: Vec<DisputeAnswer>,
    /// Signed minor units; the rows of one transaction sum to zero.
    ledger: Vec<BookedAnswer>,
    /// What it has earned so far, in each currency.
    earned: Vec<ProfitAnswer>,
    /// Why it is on the list, and whose it is.
    attention: Vec<AttentionAnswer>,
    /// What is known about purchases whose outcome is not.
    evidence: Vec<EvidenceAnswer>,
    /// It waits for a person to deliver it: `POST …/deliver`.
    waits_for_hand: bool,
    /// Remedies that are possible now.
    next_actions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Terms)]
struct TermsAnswer {
    product_name: String,
    provider: String,
    /// The provider's number, the PID.
    package_id: String,
    package_name: String,
    /// The promised addresses, in words.
    promise: String,
    cidrs: Vec<String>,
    ram: String,
    os: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Amount>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Amendment)]
struct AmendmentAnswer {
    at: String,
    actor: String,
    reason: String,
    consent: Option<String>,
    /// What went back because it costs less: minor units of the order's currency.
    went_back: i64,
    #[serde(flatten)]
    terms: TermsAnswer,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attempt)]
struct AttemptAnswer {
    /// What `X-Berth-Permit` carried.
    id: String,
    state: &'static str,
    /// The provider's number, the PID.
    package_id: String,
    package_name: String,
    ram: String,
    cost: Option<Amount>,
    planned_at: String,
    permitted_at: Option<String>,
    deadline: Option<String>,
    tail_ends_at: Option<String>,
    /// What leaves, or left, under its permit.
    request: String,
    answer: Option<AnswerAnswer>,
}

/// What came back; what may be a password in its bytes stays sealed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Answer)]
struct AnswerAnswer {
    kind: String,
    http_status: Option<i64>,
    reason: Option<String>,
    meaning: String,
    /// One line of it, passwords masked.
    shown: Option<String>,
    stored_at: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Server)]
struct ServerAnswer {
    id: String,
    address: String,
    state: &'static str,
    verdict: Option<&'static str>,
    verdict_why: Option<String>,
    verdict_at: Option<String>,
    attempt_id: Option<String>,
    adopted_by: Option<String>,
    ram: Option<String>,
    os: Option<String>,
    expires_at: Option<String>,
    cost: Option<Amount>,
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payment)]
struct PaymentAnswer {
    /// `clientTxnId` of the order.
    id: String,
    gateway: String,
    state: &'static str,
    #[serde(flatten)]
    amount: Amount,
    gateway_order: Option<String>,
    created_at: String,
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Booked)]
pub(crate) struct BookedAnswer {
    transaction: String,
    at: String,
    cause: String,
    account: String,
    #[serde(flatten)]
    amount: Amount,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attention)]
struct AttentionAnswer {
    why: String,
    since: String,
    due_at: String,
    owner: Option<String>,
}

fn terms(name: String, terms: &domain::order::Terms) -> TermsAnswer {
    TermsAnswer {
        product_name: name,
        provider: terms.provider.clone(),
        package_id: terms.pid.to_string(),
        package_name: terms.package_name.clone(),
        promise: terms.promise().to_string(),
        cidrs: terms.cidrs.iter().map(ToString::to_string).collect(),
        ram: terms.ram.to_string(),
        os: terms.os.map(domain::os::Os::code),
        days: None,
        price: None,
        cost: None,
    }
}

fn frozen(sold: Frozen) -> TermsAnswer {
    TermsAnswer {
        days: Some(sold.days),
        price: Some(sold.quote.total.into()),
        cost: sold.cost.map(Amount::from),
        ..terms(sold.product_name, &sold.terms)
    }
}

fn amendment(agreed: AmendmentView) -> AmendmentAnswer {
    AmendmentAnswer {
        at: time(agreed.at),
        actor: agreed.actor,
        reason: agreed.reason,
        consent: agreed.consent,
        went_back: agreed.back_minor,
        terms: terms(agreed.product_name, &agreed.terms),
    }
}

fn attempt(attempt: AttemptView) -> AttemptAnswer {
    let answer = |summary: AnswerSummary| {
        let AnswerSummary { kind, http_status, reason, meaning, shown, stored_at } = summary;
        AnswerAnswer { kind, http_status, reason, meaning, shown, stored_at: time(stored_at) }
    };
    AttemptAnswer {
        id: attempt.id.to_string(),
        state: attempt.state.as_str(),
        package_id: attempt.pid,
        package_name: attempt.package_name,
        ram: attempt.ram.to_string(),
        cost: attempt.cost.map(Amount::from),
        planned_at: time(attempt.planned_at),
        permitted_at: maybe_time(attempt.permitted_at),
        deadline: maybe_time(attempt.deadline),
        tail_ends_at: maybe_time(attempt.tail_ends_at),
        request: attempt.request,
        answer: attempt.answer.map(answer),
    }
}

/// The protocol's own words, with their capitals.
fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Match => "Match",
        Verdict::Mismatch => "Mismatch",
        Verdict::Unobservable => "Unobservable",
    }
}

fn server(server: ServerView) -> ServerAnswer {
    ServerAnswer {
        id: server.id.to_string(),
        address: server.address.to_string(),
        state: server.state.as_str(),
        verdict: server.verdict.map(verdict),
        verdict_why: server.verdict_why,
        verdict_at: maybe_time(server.verdict_at),
        attempt_id: server.attempt.map(|id| id.to_string()),
        adopted_by: server.adopted_by,
        ram: server.ram.map(|ram| ram.to_string()),
        os: server.os,
        expires_at: maybe_time(server.expires_at),
        cost: server.cost.map(Amount::from),
        reason: server.reason,
    }
}

pub(crate) fn booked(row: Booked) -> BookedAnswer {
    let Booked { transaction, at, cause, account, amount, .. } = row;
    BookedAnswer { transaction, at: time(at), cause, account, amount: amount.into() }
}

impl From<AdminOrder> for AdminOrderAnswer {
    fn from(all: AdminOrder) -> AdminOrderAnswer {
        let payments = all.payments.into_iter().map(|payment| PaymentAnswer {
            id: payment.id.to_string(),
            gateway: payment.gateway,
            state: payment.state.word(),
            amount: payment.amount.into(),
            gateway_order: payment.gateway_order,
            created_at: time(payment.created_at),
            reason: payment.reason,
        });
        let attention = all.attention.into_iter().map(|row| AttentionAnswer {
            why: row.why,
            since: time(row.since),
            due_at: time(row.due_at),
            owner: row.owner,
        });
        let rows = all.ledger.iter().map(|row| (row.account.as_str(), row.amount));
        let earned = Profit::of(rows);
        AdminOrderAnswer {
            account: all.view.account.to_string(),
            order: OrderAnswer::for_staff(all.view, all.timeline),
            email: all.email,
            frozen: frozen(all.frozen),
            amendments: all.amendments.into_iter().map(amendment).collect(),
            attempts: all.attempts.into_iter().map(attempt).collect(),
            servers: all.servers.into_iter().map(server).collect(),
            payments: payments.collect(),
            refunds: all.refunds.into_iter().map(RefundAnswer::from).collect(),
            disputes: all.disputes.into_iter().map(DisputeAnswer::from).collect(),
            earned: earned.iter().map(ProfitAnswer::from).collect(),
            ledger: all.ledger.into_iter().map(booked).collect(),
            attention: attention.collect(),
            evidence: all.evidence.into_iter().map(EvidenceAnswer::from).collect(),
            waits_for_hand: all.waits_for_hand,
            next_actions: all.next_actions,
        }
    }
}

/// Everything of one order
#[utoipa::path(
    get,
    path = "/api/admin/orders/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "Its id or its number")),
    responses((status = 200, body = AdminOrderAnswer))
)]
pub(crate) async fn order(
    State(engine): State<Engine>,
    Any { id, .. }: Any,
) -> Result<Json<AdminOrderAnswer>, Problem> {
    Ok(Json(engine.admin_order(&id).await?.into()))
}
