//! One order with everything: what was sold and delivered, purchases, servers, money, history, and
//! what can be done now.

use axum::extract::State;
use axum::response::Response;
use domain::attempt::State as AttemptState;
use domain::block::Verdict;
use domain::clock::Timestamp;
use domain::money::Money;
use domain::order::{PaymentStatus, Remedy, Sold, Status, Terms};
use domain::profit::Profit;
use domain::server::State as ServerState;
use engine::permission::Act;
use engine::read::{AdminOrder, AmendmentView, AttemptView, Booked, ServerView, Waits};

use super::evidence::{consequences, evidence};
use super::paid_back::back;
use super::timeline::timeline;
use super::{beside, diagnosis};
use crate::admin::attention::offered;
use crate::api::at::Any;
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::papers::of_order;
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::orders::{
    Amendment, Attempt, Deliver, Line, MarkPaid, RefundAsked, Show, Term,
};
use crate::view::admin::profit::Line as Earned;
use crate::view::admin::remedies::Form;
use crate::view::admin::trace::{Server, due_in, took};
use crate::view::admin::words::{account_in_words, by_whom, cause_in_words, in_words};
use crate::view::admin::{Attention, stage_badge, why_words};
use crate::view::bill::Bill;
use crate::view::paper::OrderPapers;
use crate::view::{Choice, Field, Frame, Here, Tone};

/// `/admin/orders/{id}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Any { id, me }: Any,
) -> Result<Response, Problem> {
    let all = shop.engine().admin_order(&id).await?;
    page::show(&put_together(&shop, &around, &me, &all).await?)
}

pub(in crate::admin) async fn put_together(
    shop: &Shop,
    around: &Around,
    me: &Me,
    all: &AdminOrder,
) -> Result<Show, Problem> {
    let order = &all.view;
    let frame = around.frame(shop, order.number.clone(), Here::StaffOrders);
    let stage = all.timeline.last().map_or("", |moment| moment.stage.as_str());
    let seen = order.seen;
    Ok(Show {
        id: order.id.to_string(),
        number: order.number.clone(),
        version: order.version,
        customer: all.email.clone(),
        customer_page: paths::staff_customer(&all.view.account),
        theirs: paths::staff_orders_of(&all.email),
        wallet: paths::staff_wallet(&all.view.account),
        stage: stage_badge(stage),
        seen: [seen.payment.as_str(), seen.status.as_str(), seen.provisioning.as_str()]
            .map(in_words),
        error: order.provisioning_error.clone(),
        ordered: frame.time(order.created_at),
        attention: all.attention.iter().map(|row| attention(row, all, &frame)).collect(),
        hours: hours(me, all),
        not_taken: None,
        checks: diagnosis::kept(shop, me, all, &frame).await?,
        refund_asked: refund_asked(me, all, &frame),
        terms: terms(all),
        bill: Bill::of(&order.quote, frame.language),
        amendments: all.amendments.iter().map(|agreed| amendment(agreed, all, &frame)).collect(),
        attempts: all.attempts.iter().map(|view| attempt(view, &frame)).collect(),
        evidence: evidence(shop, all, &frame).await?,
        servers: all.servers.iter().map(|view| server(view, &frame)).collect(),
        payments: beside::payments(&all.payments, &frame),
        captures: beside::captures(all, &frame),
        disputes: beside::disputes(all, &frame),
        mails: beside::mails(&all.mails, &frame),
        refunds: all.refunds.iter().map(|refund| back(refund, me, &frame)).collect(),
        ledger: lines(&all.ledger, &frame),
        earned: earned(all),
        cost_is_unknown: all.servers.iter().any(|server| server.cost.is_none()),
        timeline: timeline(all, &frame),
        remedies: forms(shop, me, (all, &frame)).await?,
        decided_from: decided_from(all).map(|at| frame.time(at)),
        mark_paid: mark_paid(me, all),
        deliver: deliver(me, all),
        papers: OrderPapers {
            statement: Some(paths::staff_statement(&order.account)),
            ..of_order(&all.papers, &frame)
        },
        frame,
    })
}

/// How long whoever looks may keep it.
fn hours(me: &Me, all: &AdminOrder) -> Vec<Choice> {
    match !all.attention.is_empty() && me.may(Act::RemedyNoValue) {
        true => offered(),
        false => vec![],
    }
}

fn attention(row: &Waits, all: &AdminOrder, frame: &Frame) -> Attention {
    let order = &all.view;
    Attention {
        order: order.id.to_string(),
        number: order.number.clone(),
        why: why_words(&row.why),
        since: frame.time(row.since),
        age: took(frame.now.as_micros() - row.since.as_micros()),
        due: frame.time(row.due_at),
        due_in: due_in(row.due_at.as_micros() - frame.now.as_micros()),
        overdue: row.due_at < frame.now,
        owner: row.owner.as_ref().map(|owner| by(owner, all)),
    }
}

fn by(actor: &str, all: &AdminOrder) -> String {
    by_whom(actor, &all.people, all.view.account.as_str())
}

fn amendment(agreed: &AmendmentView, all: &AdminOrder, frame: &Frame) -> Amendment {
    let order = &all.view;
    let back = Money::new(agreed.back_minor, order.amount.currency);
    let went_back =
        if back.is_zero() { String::new() } else { format!("; {} went back", back.for_people()) };
    Amendment {
        at: frame.time(agreed.at),
        actor: by(&agreed.actor, all),
        what: format!("{}, {}{went_back}", agreed.product_name, package(&agreed.terms)),
        reason: agreed.reason.clone(),
        consent: agreed.consent.clone(),
    }
}

fn package(terms: &Terms) -> String {
    format!("{} (PID {})", terms.package_name, terms.pid)
}

/// What was sold, what counts now, and what was delivered, side by side.
fn terms(all: &AdminOrder) -> Vec<Term> {
    let frozen = &all.frozen.terms;
    let (now, name_now) = all
        .amendments
        .last()
        .map_or((frozen, &all.frozen.product_name), |last| (&last.terms, &last.product_name));
    let theirs = all.view.provisioned_ip;
    let server = all.servers.iter().rev().find(|server| Some(server.address) == theirs);
    let os = |terms: &Terms| terms.os.map_or("Any", |os| os.label()).to_owned();
    let line = |name, frozen: String, in_force: String, delivered: Option<String>| Term {
        name,
        frozen,
        in_force,
        delivered: delivered.unwrap_or_default(),
    };
    let (price, days) = (all.frozen.quote.total.for_people(), all.frozen.days);
    vec![
        line("Product", all.frozen.product_name.clone(), name_now.clone(), None),
        line("Package", package(frozen), package(now), None),
        line(
            "Addresses",
            frozen.promise().to_string(),
            now.promise().to_string(),
            theirs.map(|address| address.to_string()),
        ),
        line(
            "Memory",
            frozen.ram.to_string(),
            now.ram.to_string(),
            server.and_then(|server| server.ram).map(|ram| ram.to_string()),
        ),
        line("System", os(frozen), os(now), server.and_then(|server| server.os.clone())),
        line("Price", format!("{price}, {days} days"), format!("{price}, {days} days"), None),
    ]
}

fn attempt(view: &AttemptView, frame: &Frame) -> Attempt {
    let tone = match view.state {
        AttemptState::Unheard | AttemptState::Parked => Tone::Bad,
        AttemptState::Planned | AttemptState::Permitted => Tone::Sea,
        _ => Tone::Plain,
    };
    let answer = view.answer.as_ref().map(|answer| {
        let how = match (answer.http_status, &answer.reason) {
            (Some(status), _) => format!("HTTP {status}"),
            (None, Some(reason)) => reason.clone(),
            (None, None) => answer.kind.clone(),
        };
        format!("{how}: {}", answer.meaning)
    });
    Attempt {
        id: view.id.to_string(),
        state: Badge::of(tone, in_words(view.state.as_str())),
        package: format!("{} (PID {}), {}", view.package_name, view.pid, view.ram),
        permitted: view.permitted_at.map(|at| frame.time(at)),
        deadline: view.deadline.map(|at| frame.time(at)),
        tail_ends: view.tail_ends_at.map(|at| frame.time(at)),
        request: view.request.clone(),
        shown: view.answer.as_ref().and_then(|answer| answer.shown.clone()),
        answer,
    }
}

fn server(view: &ServerView, frame: &Frame) -> Server {
    let state = match view.state {
        ServerState::Delivered => Tone::Good,
        ServerState::Verifying | ServerState::Verified => Tone::Sea,
        ServerState::Quarantined | ServerState::OnHold => Tone::Warn,
        _ => Tone::Plain,
    };
    let verdict = |verdict: Verdict| {
        let tone = match verdict {
            Verdict::Match => Tone::Good,
            Verdict::Mismatch => Tone::Bad,
            Verdict::Unobservable => Tone::Warn,
        };
        Badge::of(tone, in_words(verdict.as_str()))
    };
    Server {
        address: view.address.to_string(),
        state: Badge::of(state, in_words(view.state.as_str())),
        is: [view.ram.map(|ram| ram.to_string()), view.os.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
        verdict: view.verdict.map(verdict),
        judged: view.verdict_at.map(|at| frame.time(at)),
        why: view.reason.clone().or_else(|| view.verdict_why.clone()),
        expires: view.expires_at.map(|at| frame.day(at)),
    }
}

/// What it has earned so far, by its own rows.
fn earned(all: &AdminOrder) -> Vec<Earned> {
    let rows = all.ledger.iter().map(|row| (row.account.as_str(), row.amount));
    Profit::of(rows).iter().map(|profit| Earned::of("So far", profit)).collect()
}

/// Rows of the ledger; what is positive stands at the left.
pub(super) fn lines(rows: &[Booked], frame: &Frame) -> Vec<Line> {
    let mut before = None;
    let mut lines = Vec::new();
    for row in rows {
        let first = before.replace(&row.transaction) != Some(&row.transaction);
        let amount = Money::new(row.amount.minor.abs(), row.amount.currency);
        let (debit, credit) = match row.amount.minor {
            ..0 => (String::new(), amount.for_people()),
            _ => (amount.for_people(), String::new()),
        };
        lines.push(Line {
            first,
            at: frame.time(row.at),
            cause: cause_in_words(&row.cause),
            account: account_in_words(&row.account),
            debit,
            credit,
        });
    }
    lines
}

/// A form for each remedy that is allowed now and that this person may do.
async fn forms(
    shop: &Shop,
    me: &Me,
    (all, frame): (&AdminOrder, &Frame),
) -> Result<Vec<Form>, Problem> {
    let mut kinds: Vec<Remedy> =
        all.next_actions.iter().filter_map(|word| Remedy::parse(word)).collect();
    // Wherever the same may be bought again, something else may be bought instead.
    if let Some(at) = kinds.iter().position(|kind| *kind == Remedy::Reprovision) {
        kinds.insert(at + 1, Remedy::ManualProvision);
    }
    kinds.retain(|kind| me.may(Act::of_remedy(*kind)));
    let packages = match kinds.contains(&Remedy::ManualProvision) {
        true => packages(shop).await?,
        false => vec![],
    };
    let may_give = me.may(Act::RemedyValue);
    let told = consequences(all, frame);
    let mut forms: Vec<Form> =
        kinds.into_iter().map(|kind| form(kind, may_give, all, &packages)).collect();
    for form in forms.iter_mut().filter(|form| form.kind == Remedy::NothingBought) {
        form.consequences.clone_from(&told);
    }
    Ok(forms)
}

/// The end of the tail of a purchase that nobody may decide about yet.
fn decided_from(all: &AdminOrder) -> Option<Timestamp> {
    let is_open = all.next_actions.contains(&Remedy::NothingBought.word());
    let unheard = all.attempts.iter().find(|attempt| attempt.state == AttemptState::Unheard)?;
    unheard.tail_ends_at.filter(|_| !is_open)
}

fn form(kind: Remedy, may_give: bool, all: &AdminOrder, packages: &[Choice]) -> Form {
    let currency = all.view.amount.currency.code().to_owned();
    let addresses = |state: &[ServerState]| -> Vec<Choice> {
        let fitting = all.servers.iter().filter(|server| state.contains(&server.state));
        fitting.map(|s| Choice::of(s.address.to_string(), s.address.to_string())).collect()
    };
    let attempts = |states: &[AttemptState]| -> Vec<Choice> {
        let fitting = all.attempts.iter().filter(|attempt| states.contains(&attempt.state));
        fitting.map(|a| Choice::of(a.id.to_string(), a.id.to_string())).collect()
    };
    let lost = [AttemptState::Unheard, AttemptState::Parked];
    let is_unheard = !attempts(&[AttemptState::Unheard]).is_empty();
    let form = Form { percent: may_give && kind.is_told(), ..Form::of(kind) };
    match kind {
        Remedy::Reprovision => Form { give_up: is_unheard, ..form },
        Remedy::ManualProvision => Form {
            packages: Some(packages.to_vec()),
            memory: Some(all.view.memory.as_gb().to_string()),
            give_up: is_unheard,
            ..form
        },
        Remedy::Accept => {
            let all = [ServerState::Quarantined, ServerState::OnHold, ServerState::Delivered];
            Form { addresses: Some(addresses(&all)), currency: Some(currency), ..form }
        }
        Remedy::Adopt => {
            let choices = preselected(with_none(attempts(&lost)), attempts(&lost));
            Form { addresses: Some(vec![]), attempts: Some(choices), ..form }
        }
        Remedy::NothingBought => Form { attempts: Some(attempts(&lost)), ..form },
        Remedy::Refund => {
            let is_open = all.refund_asked.is_some();
            Form { currency: Some(currency), is_open, ..form }
        }
        Remedy::Credit => Form { currency: Some(currency), ..form },
        Remedy::RefundAndKeep => Form { days: Some(Sold::DAYS), ..form },
        Remedy::Discount => Form { days: Some(90), ..form },
        Remedy::Wait => Form { days: Some(1), ..form },
        Remedy::Extend => Form { days: Some(7), ..form },
        Remedy::End => Form { addresses: Some(addresses(&[ServerState::Quarantined])), ..form },
        Remedy::WriteOff => Form {
            addresses: some(addresses(&[ServerState::Quarantined])),
            attempts: some(attempts(&[AttemptState::Parked])),
            ..form
        },
        _ => form,
    }
}

fn some(choices: Vec<Choice>) -> Option<Vec<Choice>> {
    if choices.is_empty() { None } else { Some(with_none(choices)) }
}

/// Where there is just one, it is the one that is meant.
fn preselected(mut choices: Vec<Choice>, meant: Vec<Choice>) -> Vec<Choice> {
    if let [only] = &meant[..] {
        choices.iter_mut().for_each(|choice| choice.chosen = choice.value == only.value);
    }
    choices
}

fn with_none(choices: Vec<Choice>) -> Vec<Choice> {
    std::iter::once(Choice::of("", "none")).chain(choices).collect()
}

/// So many packages can be chosen from; whoever needs another one uses the API.
const PACKAGES_MAX: i64 = 500;

async fn packages(shop: &Shop) -> Result<Vec<Choice>, Problem> {
    let packages = shop.engine().packages_to_buy(PACKAGES_MAX).await?;
    let choice = |(name, stock): (String, i64)| {
        let label = format!("{name}: {stock} left");
        Choice::of(name, label)
    };
    Ok(packages.into_iter().map(choice).collect())
}

/// What the customer asked for, until somebody answers.
fn refund_asked(me: &Me, all: &AdminOrder, frame: &Frame) -> Option<RefundAsked> {
    let asked = all.refund_asked.as_ref()?;
    let number = format!("{}: ", all.view.number);
    let may_be_given = all.next_actions.contains(&Remedy::Refund.word());
    Some(RefundAsked {
        at: frame.time(asked.at),
        reason: asked.text.strip_prefix(&number).unwrap_or(&asked.text).to_owned(),
        may_give: may_be_given && me.may(Act::of_remedy(Remedy::Refund)),
        public: Field::default(),
    })
}

/// The form of what a person delivers, while it waits for that.
fn deliver(me: &Me, all: &AdminOrder) -> Option<Deliver> {
    let (order, days) = (&all.view, all.frozen.days);
    (all.waits_for_hand && me.may(Act::DeliverByHand)).then(|| Deliver {
        what: format!("{} with {}, for {days} days.", order.package_name, order.memory),
        address: Field::default(),
        username: Field::default(),
        password: Field::default(),
        expires: Field::default(),
        refused: None,
        is_open: true,
    })
}

/// Money that came outside any gateway can be booked while nothing was paid.
fn mark_paid(me: &Me, all: &AdminOrder) -> Option<MarkPaid> {
    let seen = all.view.seen;
    let open = matches!(seen.status, Status::Pending | Status::Cancelled)
        && seen.payment != PaymentStatus::Paid;
    let due = all.view.amount;
    (open && me.may(Act::MarkPaid)).then(|| MarkPaid {
        due: due.for_people(),
        currency: due.currency.code().to_owned(),
        amount: Field::of(super::mark_paid::plain(due)),
        reference: Field::default(),
        refused: None,
    })
}
