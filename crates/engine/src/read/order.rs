//! An order as its owner and programs see it, alone or in a list. A list asks each question once,
//! however many orders it has. Not for what staff alone may see: that is `staff.rs`.

use std::net::Ipv4Addr;

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId, PaymentId, ProductId, ServerId};
use domain::money::Money;
use domain::order::seen::Paying;
use domain::order::{Seen, Stage};
use domain::os::Os;
use domain::package::{Pid, Ram};
use domain::quote::Quote;
use store::db::Tx;
use store::order::Order;
use store::payment::{Payment, PaymentState};
use store::server::Server;

use super::beside::Beside;
use super::timeline::{self, Moment, Servers};
use super::{Page, Viewer, cursor_of, moment_and_id, page_length};
use crate::Engine;
use crate::error::{Error, Result};
use crate::refund_request::RefundRequest;

/// So much of what is looked for is read.
const TEXT_MAX: usize = 80;

/// What an order shows. Products, packages and memory are those of the terms in force.
#[derive(Clone, Debug)]
pub struct OrderView {
    pub id: OrderId,
    pub number: String,
    pub account: AccountId,
    pub version: i64,
    pub product_name: String,
    /// `ipStockId` outside.
    pub product: ProductId,
    pub package_name: String,
    pub pid: Pid,
    /// The addresses that were promised, in words.
    pub promise: String,
    pub memory: Ram,
    pub os: Option<Os>,
    pub amount: Money,
    /// Of what the amount is made.
    pub quote: Quote,
    pub seen: Seen,
    /// For staff with everything, for customers without a wrong address.
    pub provisioning_error: Option<String>,
    /// Nothing until the server is delivered.
    pub provisioned_ip: Option<Ipv4Addr>,
    pub created_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub sold_until: Option<Timestamp>,
    pub timeline: Vec<Moment>,
    /// The customer may choose between money back and waiting.
    pub offered: bool,
    pub refund_request: Option<RefundRequest>,
    /// Of an unpaid order: until when its unit is kept.
    pub reserved_until: Option<Timestamp>,
    /// In English, as programs read it, and the two things that it names.
    pub receipt: String,
    pub sold_as: (String, Pid),
    /// Where it can be paid now.
    pub pay: Option<PayLink>,
}

/// An open page of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayLink {
    pub payment: PaymentId,
    pub method: String,
    /// All, or what the wallet leaves.
    pub amount: Money,
    pub url: String,
}

/// Which of somebody's orders are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Which {
    #[default]
    All,
    /// Their servers.
    Ready,
    /// On their way to a server, or to be paid.
    Building,
    /// Nothing more comes of them.
    Over,
}

impl Which {
    pub const ALL: [Which; 4] = [Which::All, Which::Ready, Which::Building, Which::Over];

    /// The word that addresses use.
    pub fn word(self) -> &'static str {
        match self {
            Which::All => "all",
            Which::Ready => "ready",
            Which::Building => "building",
            Which::Over => "over",
        }
    }

    /// The words of the stages; none: all of them.
    fn stages(self) -> &'static [&'static str] {
        match self {
            Which::All => &[],
            Which::Ready => &["delivered"],
            Which::Building => &[
                "unpaid",
                "planned",
                "permitted",
                "unheard",
                "verifying",
                "verified",
                "on_hold",
                "stopped",
            ],
            Which::Over => &[
                "reservation_over",
                "cancelled",
                "unrevived",
                "refund_pending",
                "refunded",
                "terminated",
            ],
        }
    }
}

impl Engine {
    /// One order. Another customer's does not exist.
    pub async fn order_view(&self, id: &OrderId, viewer: &Viewer) -> Result<OrderView> {
        let (wanted, viewer) = (id.clone(), viewer.clone());
        self.db()
            .read(move |tx| {
                let order = tx.lookup_order(&wanted)?.filter(|order| may_see(order, &viewer));
                let order = order.ok_or_else(|| Error::missing("order", &wanted))?;
                let beside = Beside::of(tx, std::slice::from_ref(&order))?;
                Ok(beside.view(&order, &viewer))
            })
            .await
    }

    /// The id of an order that is named by its id or its number.
    pub async fn find_order(&self, name: &str, viewer: &Viewer) -> Result<OrderId> {
        let (wanted, viewer) = (name.trim().to_owned(), viewer.clone());
        let found = self.db().read(move |tx| lookup_named(tx, &wanted)).await?;
        let found = found.filter(|order| may_see(order, &viewer));
        found.map(|order| order.id).ok_or_else(|| Error::missing("order", name))
    }

    /// An owner's orders of one kind that hold a text in number, name or address, newest first.
    pub async fn orders_found(
        &self,
        owner: &AccountId,
        (which, text): (Which, &str),
        after: Option<&str>,
    ) -> Result<Page<OrderView>> {
        let (after, limit) = (moment_and_id(after)?, page_length(None));
        let text: String = text.trim().chars().take(TEXT_MAX).collect();
        let owner = owner.clone();
        self.db()
            .read(move |tx| {
                let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
                let wanted = (which.stages(), text.as_str());
                let orders = tx.orders_that_hold(&owner, wanted, after, limit + 1)?;
                let page = Page::of(orders, limit, |order| cursor_of(order.created_at, &order.id));
                let beside = Beside::of(tx, &page.items)?;
                let viewer = Viewer::Owner(owner.clone());
                let items = page.items.iter().map(|order| beside.view(order, &viewer)).collect();
                Ok(Page { items, next: page.next })
            })
            .await
    }

    /// Orders, newest first: an owner's own, or for staff all.
    pub async fn orders_view(
        &self,
        viewer: &Viewer,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<OrderView>> {
        let (after, limit) = (moment_and_id(after)?, page_length(limit));
        let account = match viewer {
            Viewer::Owner(account) => Some(account.clone()),
            Viewer::Staff => None,
        };
        let viewer = viewer.clone();
        self.db()
            .read(move |tx| {
                let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
                let orders = tx.orders(account.as_ref(), after, limit + 1)?;
                let page = Page::of(orders, limit, |order| cursor_of(order.created_at, &order.id));
                let beside = Beside::of(tx, &page.items)?;
                let items = page.items.iter().map(|order| beside.view(order, &viewer)).collect();
                Ok(Page { items, next: page.next })
            })
            .await
    }
}

pub(super) fn may_see(order: &Order, viewer: &Viewer) -> bool {
    match viewer {
        Viewer::Owner(account) => order.account == *account,
        Viewer::Staff => true,
    }
}

/// An order as its customer sees it, for who decides under its lock.
pub(crate) fn view_for_customer(tx: &mut Tx<'_>, order: &Order) -> Result<OrderView> {
    let beside = Beside::of(tx, std::slice::from_ref(order))?;
    Ok(beside.view(order, &Viewer::Owner(order.account.clone())))
}

/// Finds an order by its id or by its number.
pub(crate) fn lookup_named(tx: &mut Tx<'_>, name: &str) -> store::db::Result<Option<Order>> {
    match OrderId::parse(name) {
        Ok(id) => tx.lookup_order(&id),
        Err(_) => tx.order_by_number(&name.to_uppercase()),
    }
}

impl Beside {
    pub(super) fn view(&self, order: &Order, viewer: &Viewer) -> OrderView {
        let brief = &self.brief;
        let (terms, servers) = (brief.terms(order), brief.servers(order));
        let payments = brief.payments(order);
        let unpaid = order.standing.stage == Stage::Unpaid;
        let told = Servers::of(servers);
        OrderView {
            id: order.id.clone(),
            number: order.number.clone(),
            account: order.account.clone(),
            version: order.version,
            product_name: brief.product_name(order).to_owned(),
            product: brief.product(order),
            package_name: terms.package_name.clone(),
            pid: terms.pid.clone(),
            promise: terms.promise().to_string(),
            memory: terms.ram,
            os: terms.os,
            amount: order.sold.quote.total,
            quote: order.sold.quote.clone(),
            seen: brief.seen(order),
            provisioning_error: match viewer {
                Viewer::Staff => order.error.clone(),
                Viewer::Owner(_) => order.public_error.clone(),
            },
            provisioned_ip: delivered_address(order, servers),
            created_at: order.created_at,
            paid_at: order.paid_at,
            delivered_at: order.delivered_at,
            sold_until: order.sold_until,
            timeline: timeline::customers(order, terms, self.moments(order), &told),
            offered: is_offered(order),
            refund_request: RefundRequest::of(self.moments(order)),
            reserved_until: unpaid.then_some(order.reserved_until),
            receipt: order.sold.receipt(),
            sold_as: (order.sold.product_name.clone(), order.sold.terms.pid.clone()),
            pay: if unpaid { pay_link(payments) } else { None },
        }
    }
}

/// The choice between money back and waiting stands while the purchase is unheard.
fn is_offered(order: &Order) -> bool {
    order.offered_at.is_some() && matches!(order.standing.stage, Stage::Unheard(_))
}

/// What the tries to pay say, oldest first. Where a gateway may have taken one and has not said
/// so, that counts more than a later failure.
pub(super) fn paying(payments: &[Payment]) -> Paying {
    let unsure =
        |payment: &&Payment| payment.state == PaymentState::Open && payment.pay_url.is_none();
    if payments.iter().any(|payment| unsure(&payment)) {
        return Paying::Busy;
    }
    match payments.last().map(|payment| payment.state) {
        Some(PaymentState::Failed) => Paying::Failed,
        _ => Paying::NotStarted,
    }
}

pub(super) fn pay_link(payments: &[Payment]) -> Option<PayLink> {
    let open = payments.iter().rev().filter(|payment| payment.state == PaymentState::Open);
    open.filter_map(|payment| {
        Some(PayLink {
            payment: payment.id.clone(),
            method: payment.gateway.clone(),
            amount: payment.amount,
            url: payment.pay_url.clone()?,
        })
    })
    .next()
}

/// The address that the customer has: delivered, or delivered and about to be replaced.
pub(super) fn delivered_address(order: &Order, servers: &[Server]) -> Option<Ipv4Addr> {
    let theirs: &ServerId = match &order.standing.stage {
        Stage::Delivered(id) => id,
        _ => order.standing.replaces.as_ref()?,
    };
    let server = servers.iter().find(|server| server.id == *theirs)?;
    timeline::is_theirs(order, server).then_some(server.address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;
    use store::payment::Purpose;

    fn payment(state: PaymentState, url: Option<&str>) -> Payment {
        let ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        Payment {
            id: PaymentId::parse(&format!("pay_{ulid}")).unwrap(),
            purpose: Purpose::Order(OrderId::parse(&format!("ord_{ulid}")).unwrap()),
            gateway: "cashfree".into(),
            state,
            amount: Money::major(699, Currency::INR),
            gateway_order: None,
            pay_url: url.map(str::to_owned),
            created_at: Timestamp::from_micros(0),
            reason: None,
        }
    }

    #[test]
    fn every_stage_is_of_one_kind_and_of_no_other() {
        use domain::order::{Closed, Stop};
        let (server, attempt) = (
            ServerId::parse("srv_01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap(),
            domain::id::AttemptId::parse("att_01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap(),
        );
        for stage in [
            Stage::Unpaid,
            Stage::Closed(Closed::ReservationOver),
            Stage::Closed(Closed::Cancelled),
            Stage::Unrevived,
            Stage::Planned(attempt.clone()),
            Stage::Permitted(attempt.clone()),
            Stage::Unheard(attempt),
            Stage::Verifying(server.clone()),
            Stage::Verified(server.clone()),
            Stage::OnHold(server.clone()),
            Stage::Stopped(Stop::WrongServer),
            Stage::Delivered(server),
            Stage::RefundPending,
            Stage::Refunded,
            Stage::Terminated,
        ] {
            let word = stage.word();
            let kinds = Which::ALL.into_iter().filter(|which| which.stages().contains(&word));
            assert_eq!(kinds.count(), 1, "{word}");
        }
    }

    #[test]
    fn an_uncertain_payment_counts_more_than_a_failed_one() {
        use PaymentState::{Failed, Open};
        assert_eq!(paying(&[]), Paying::NotStarted);
        assert_eq!(paying(&[payment(Open, Some("https://pay"))]), Paying::NotStarted);
        assert_eq!(paying(&[payment(Failed, None)]), Paying::Failed);
        assert_eq!(paying(&[payment(Open, None), payment(Failed, None)]), Paying::Busy);
        assert_eq!(
            paying(&[payment(Failed, None), payment(Open, Some("https://pay"))]),
            Paying::NotStarted
        );
    }

    #[test]
    fn the_newest_open_page_is_where_to_pay() {
        use PaymentState::{Failed, Open};
        let payments = [
            payment(Open, Some("https://old")),
            payment(Open, Some("https://new")),
            payment(Failed, None),
        ];
        assert_eq!(pay_link(&payments).unwrap().url, "https://new");
        assert_eq!(pay_link(&[payment(Failed, Some("https://old"))]), None);
    }
}
