//! What staff alone see: one order with everything, and the lists of what went wrong.
//! Answers of providers are summed up in words; their bytes may hold a password and stay sealed.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use domain::attempt::State as AttemptState;
use domain::block::Verdict;
use domain::clock::Timestamp;
use domain::id::{AttemptId, OrderId, ServerId};
use domain::money::Money;
use domain::order::{Remedy, Sold, Stage};
use domain::package::Ram;
use domain::provider::is_by_hand;
use domain::server::State as ServerState;
use store::attempt::{Attempt, StoredAnswer};
use store::attention::Attention;
use store::db::{StoreError, Tx};
use store::dispute::Dispute;
use store::dossier::{Dossier, NewestList};
use store::ledger::Booked;
use store::mail::brief::MailLine;
use store::order::Amendment;
use store::payment::Payment;
use store::refund::Refund;
use store::server::Server;
use upstream::{Meaning, Purchase};

use super::beside::Beside;
use super::order::OrderView;
use super::paper::OrderPapers;
use super::timeline::{self, Servers, StaffMoment};
use super::{Alert, Page, Viewer, number, page_length};
use crate::Engine;
use crate::error::{Error, Result};
use crate::facts::{Unsettled, remedy_facts};

/// Everything of one order.
#[derive(Clone, Debug)]
pub struct AdminOrder {
    pub view: OrderView,
    pub email: String,
    pub frozen: Frozen,
    pub amendments: Vec<AmendmentView>,
    pub attempts: Vec<AttemptView>,
    pub servers: Vec<ServerView>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    pub ledger: Vec<Booked>,
    pub papers: OrderPapers,
    pub timeline: Vec<StaffMoment>,
    pub attention: Vec<Attention>,
    /// What was written to anybody about it, oldest first.
    pub mails: Vec<MailLine>,
    /// The customer asks for their money back, and nobody has answered.
    pub refund_asked: Option<Alert>,
    /// What speaks for and against each purchase without a certain outcome.
    pub evidence: Vec<Evidence>,
    /// It waits for a person to deliver it.
    pub waits_for_hand: bool,
    /// The remedies that are allowed now, by their words.
    pub next_actions: Vec<&'static str>,
    /// The mail addresses of those who did something to it or look after it, by their ids.
    pub people: HashMap<String, String>,
    /// The terms in force are of what staff deliver by hand.
    pub is_by_hand: bool,
    /// The newest list of its provider that is kept.
    pub newest_list: Option<NewestList>,
}

/// What was agreed when the order was made.
pub type Frozen = Sold;

/// One agreed change.
pub type AmendmentView = Amendment;

#[derive(Clone, Debug)]
pub struct AttemptView {
    /// What `X-Berth-Permit` carried.
    pub id: AttemptId,
    pub state: AttemptState,
    /// `packageId` outside: the provider's number.
    pub pid: String,
    pub package_name: String,
    pub ram: Ram,
    pub cost: Option<Money>,
    pub planned_at: Timestamp,
    pub permitted_at: Option<Timestamp>,
    pub deadline: Option<Timestamp>,
    pub tail_ends_at: Option<Timestamp>,
    /// What leaves, or left, under its permit; without what opens our account.
    pub request: String,
    pub answer: Option<AnswerSummary>,
}

/// What came back, without what is secret of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSummary {
    /// `http`, `not_sent`, `lost` or `hand`.
    pub kind: String,
    pub http_status: Option<i64>,
    pub reason: Option<String>,
    /// What it means, in words.
    pub meaning: String,
    /// As it may be shown: one short line, passwords masked.
    pub shown: Option<String>,
    pub stored_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct ServerView {
    pub id: ServerId,
    pub address: Ipv4Addr,
    pub state: ServerState,
    pub verdict: Option<Verdict>,
    pub verdict_why: Option<String>,
    pub verdict_at: Option<Timestamp>,
    pub attempt: Option<AttemptId>,
    pub adopted_by: Option<String>,
    pub ram: Option<Ram>,
    pub os: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub cost: Option<Money>,
    pub reason: Option<String>,
}

/// What is known about a purchase whose outcome is not. Hints for a person, never proof: other
/// shops buy from the same packages.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub attempt: AttemptId,
    pub went_unheard_at: Option<Timestamp>,
    /// The package's stock before: what the permit was based on.
    pub before: Option<Witnessed>,
    /// The same package's stock in the newest reading.
    pub now: Option<Witnessed>,
    /// Other purchases at the provider about that time, those of the same package first.
    pub others: Vec<Other>,
}

/// A stock figure and the reading that showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    pub reading: i64,
    pub stock: i64,
}

#[derive(Clone, Debug)]
pub struct Other {
    pub attempt: AttemptId,
    pub order: OrderId,
    pub number: String,
    pub package_name: String,
    pub ram: Ram,
    /// It is of the package that the unheard one is of.
    pub is_of_same: bool,
    pub state: AttemptState,
    pub permitted_at: Option<Timestamp>,
}

/// A server that is ours and nobody's.
#[derive(Clone, Debug)]
pub struct Stray {
    pub id: ServerId,
    pub address: Ipv4Addr,
    pub provider: String,
    /// The order that it came from, and its number.
    pub order: Option<(OrderId, String)>,
    pub attempt: Option<AttemptId>,
    pub verdict: Option<Verdict>,
    pub cost: Option<Money>,
    pub expires_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub since: Option<Timestamp>,
}

/// So many purchases are laid beside an unheard one, of so long around it.
const OTHERS_MAX: i64 = 50;
const AROUND: Duration = Duration::from_secs(10 * 60);

/// What is read of one order in one transaction.
type Rows = (Dossier, Beside, Vec<Evidence>);

impl Engine {
    pub async fn admin_order(&self, id: &OrderId) -> Result<AdminOrder> {
        let wanted = id.clone();
        let rows = self.db().read(move |tx| read_rows(tx, &wanted)).await?;
        Ok(self.put_together(rows))
    }

    fn put_together(&self, (all, beside, evidence): Rows) -> AdminOrder {
        let order = &all.order;
        let attempts: Vec<Attempt> = all.attempts.iter().map(|(a, _)| a.clone()).collect();
        let money = (Unsettled { owed: &all.owed, refunds: &all.refunds }, all.now);
        let terms = beside.brief.terms(order);
        let facts = remedy_facts((order, terms), &attempts, &all.servers, &all.attention, money);
        let allowed = |remedy: &Remedy| {
            // Ordering another package has a path of its own.
            *remedy != Remedy::ManualProvision && remedy.allowed(&order.standing, facts).is_ok()
        };
        let told = Servers::of(&all.servers);
        let answered = all.attempts.into_iter();
        AdminOrder {
            view: beside.view(order, &Viewer::Staff),
            email: all.email,
            frozen: order.sold.clone(),
            attempts: answered.map(|(attempt, answer)| self.attempt(attempt, answer)).collect(),
            servers: all.servers.iter().map(server_view).collect(),
            timeline: timeline::staff(terms, &all.moments, &told),
            evidence,
            waits_for_hand: matches!(order.standing.stage, Stage::Planned(_)) && terms.is_by_hand(),
            is_by_hand: terms.is_by_hand(),
            people: all.people,
            newest_list: all.newest_list,
            next_actions: Remedy::ALL.into_iter().filter(allowed).map(Remedy::word).collect(),
            amendments: all.amendments,
            payments: all.payments,
            refunds: all.refunds,
            disputes: all.disputes,
            ledger: all.ledger,
            papers: OrderPapers { papers: all.papers, payments: all.captures },
            attention: all.attention,
            mails: all.mails,
            refund_asked: all.refund_asked,
        }
    }

    pub(super) fn attempt(&self, attempt: Attempt, answer: Option<StoredAnswer>) -> AttemptView {
        let request = match is_by_hand(&attempt.provider) {
            true => "entered by a person".to_owned(),
            false => self.parts.provider.upstream.purchase_shown(&Purchase {
                permit: attempt.id.to_string(),
                package_name: attempt.package_name.clone(),
                ram: attempt.ram,
            }),
        };
        let answer = answer.map(|answer| self.summary(attempt.id.as_str(), answer));
        AttemptView {
            id: attempt.id,
            state: attempt.state,
            pid: attempt.pid,
            package_name: attempt.package_name,
            ram: attempt.ram,
            cost: attempt.cost,
            planned_at: attempt.planned_at,
            permitted_at: attempt.permitted_at,
            deadline: attempt.deadline,
            tail_ends_at: attempt.tail_ends_at,
            request,
            answer,
        }
    }

    fn summary(&self, permit: &str, answer: StoredAnswer) -> AnswerSummary {
        let upstream = &self.parts.provider.upstream;
        let (meaning, shown) = match self.open_answer(permit, &answer) {
            _ if answer.kind == "hand" => ("a person delivered it".to_owned(), None),
            Ok(opened) => {
                let meaning = in_words(&upstream.purchase_meaning(&opened));
                (meaning, Some(upstream.answer_shown(&opened)))
            }
            Err(error) => (format!("it cannot be opened: {error}"), None),
        };
        AnswerSummary {
            kind: answer.kind,
            http_status: answer.status,
            reason: answer.reason,
            meaning,
            shown,
            stored_at: answer.stored_at,
        }
    }

    /// Servers that are ours and nobody's.
    pub async fn quarantine(&self, after: Option<&str>, limit: Option<i64>) -> Result<Page<Stray>> {
        let (after, limit) = (after.unwrap_or_default().to_owned(), page_length(limit));
        let (servers, names) = self
            .db()
            .read(move |tx| {
                let servers = tx.servers_in(ServerState::Quarantined, &after, limit + 1)?;
                let orders = servers.iter().filter_map(|server| server.order.as_ref());
                let names = tx.named(orders.map(OrderId::as_str))?;
                Ok::<_, StoreError>((servers, names))
            })
            .await?;
        let page = Page::of(servers, limit, |server| server.id.to_string());
        let items = page.items.into_iter().map(|server| stray(server, &names)).collect();
        Ok(Page { items, next: page.next })
    }

    /// Troubles that were told, newest first; resolved ones too.
    pub async fn alerts(&self, after: Option<&str>, limit: Option<i64>) -> Result<Page<Alert>> {
        let (after, limit) = (number(after)?, page_length(limit));
        let alerts = self.db().read(move |tx| tx.alerts(after, limit + 1)).await?;
        Ok(Page::of(alerts, limit, |alert| alert.id.to_string()))
    }
}

fn read_rows(tx: &mut Tx<'_>, id: &OrderId) -> Result<Rows> {
    let all = tx.dossier(id)?.ok_or_else(|| Error::missing("order", id))?;
    let beside = Beside::known(tx, &all)?;
    let mut evidence = Vec::new();
    for known in &all.evidence {
        let bought = all.attempts.iter().find(|(attempt, _)| attempt.id == known.attempt);
        if let Some((attempt, _)) = bought {
            evidence.push(read_evidence(tx, (attempt, known))?);
        }
    }
    Ok((all, beside, evidence))
}

fn read_evidence(
    tx: &mut Tx<'_>,
    (attempt, known): (&Attempt, &store::attempt::Evidence),
) -> Result<Evidence, StoreError> {
    let witnessed = |(reading, stock): (i64, i64)| Witnessed { reading, stock };
    let others = match attempt.permitted_at {
        Some(at) => tx.attempts_beside(attempt, (at - AROUND, at + AROUND), OTHERS_MAX)?,
        None => Vec::new(),
    };
    let other = |(other, number): (Attempt, String)| Other {
        number,
        is_of_same: other.package == attempt.package,
        package_name: other.package_name,
        ram: other.ram,
        attempt: other.id,
        order: other.order,
        state: other.state,
        permitted_at: other.permitted_at,
    };
    Ok(Evidence {
        attempt: attempt.id.clone(),
        went_unheard_at: known.went_unheard_at,
        before: known.reading_number.zip(known.stock_seen).map(witnessed),
        now: known.reading_now.zip(known.stock_now).map(witnessed),
        others: others.into_iter().map(other).collect(),
    })
}

fn in_words(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Sold(address) => format!("sold {address}"),
        Meaning::Rejected { text, transient: false } => format!("refused: {text}"),
        Meaning::Rejected { text, transient: true } => format!("refused for now: {text}"),
        Meaning::Unauthorized { status } => format!("our credentials were refused (HTTP {status})"),
        Meaning::NotSent { reason } => format!("never sent: {reason}"),
        Meaning::Unheard { reason } => format!("outcome unknown: {reason}"),
    }
}

fn server_view(server: &Server) -> ServerView {
    ServerView {
        id: server.id.clone(),
        address: server.address,
        state: server.state,
        verdict: server.verdict,
        verdict_why: server.verdict_why.clone(),
        verdict_at: server.verdict_at,
        attempt: server.attempt.clone(),
        adopted_by: server.adopted_by.clone(),
        ram: server.ram,
        os: server.os_text.clone(),
        expires_at: server.expires_at,
        cost: server.cost,
        reason: server.reason.clone(),
    }
}

/// `names` has the order's number by its id.
pub(crate) fn stray(server: Server, names: &HashMap<String, String>) -> Stray {
    let number = |id: OrderId| {
        let number = names.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string());
        (id, number)
    };
    Stray {
        id: server.id,
        address: server.address,
        provider: server.provider,
        order: server.order.map(number),
        verdict: server.verdict,
        attempt: server.attempt,
        cost: server.cost,
        expires_at: server.expires_at,
        reason: server.reason,
        since: server.quarantined_at,
    }
}
