//! The order's page, and the part of it that moves.

use axum::extract;
use axum::response::Response;
use domain::money::Money;
use domain::order::refund_request::State;
use domain::order::seen::PaymentStatus;
use domain::order::{Closed, Stage, Status};
use domain::wallet;
use engine::read::{BuildView, OrderView, Viewer};

use crate::api::at::Visible;
use crate::app::Shop;
use crate::auth::Me;
use crate::language::Language;
use crate::page::{self, Around};
use crate::papers::of_order;
use crate::problem::Problem;
use crate::view::bill::Bill;
use crate::view::block::Block;
use crate::view::build::{Build, Facts, Happened};
use crate::view::order::{FromWallet, Live, Pay, Paying, Proof, Refund, Show, way_in};
use crate::view::{Choice, Frame, Here};

/// Without scripts the page is fetched again so often.
pub(crate) const RELOAD_S: u32 = 5;

/// `/orders/{id}`
pub(crate) async fn show(
    extract::State(shop): extract::State<Shop>,
    around: Around,
    Visible { id, viewer, me }: Visible,
) -> Result<Response, Problem> {
    let build = shop.engine().build_view(&id, &viewer).await?;
    let order = &build.view;
    let title = around.language().say_with("order-title", "number", order.number.as_str());
    let frame = around.titled(&shop, title, Here::Servers);
    let balance = balance_for(&shop, &build, &me).await?;
    let live = live(&shop, &build, (&me, balance), &frame);
    let papers = shop.engine().papers_of_order(&id, &viewer).await?;
    let reload_s = if live.build.settled { None } else { Some(RELOAD_S) };
    page::show(&Show {
        number: order.number.clone(),
        receipt: frame.receipt(&order.sold_as.0, order.sold_as.1.as_str()),
        block: Block::of_words(&order.promise),
        memory: format!("{} GB", order.memory.as_gb()),
        system: order.os.map_or_else(|| frame.say("any-system"), |os| os.label().to_owned()),
        bill: Bill::of(&order.quote, frame.language),
        ordered: frame.time(order.created_at),
        papers: of_order(&papers, &frame),
        live,
        frame: Frame { reload_s, ..frame },
    })
}

/// The part of the page that moves. Only whoever ordered may pay and choose.
fn live(shop: &Shop, build: &BuildView, (me, balance): (&Me, Money), frame: &Frame) -> Live {
    let order = &build.view;
    let own = order.account == me.0.id;
    let owed = if own { &*build.creditable } else { &[] };
    let amount = build.due.for_people();
    let happened: Vec<Happened> = build
        .happened
        .iter()
        .map(|told| Happened { word: told.word.clone(), at: told.at, at_once: told.at_once })
        .collect();
    let facts = Facts {
        standing: &build.standing,
        happened: &happened,
        block: &order.promise,
        os: order.os.map(|os| os.label()),
        amount: &amount,
        due_by_hand: build.due_by_hand,
    };
    Live {
        id: order.id.to_string(),
        version: order.version,
        pay: if own { pay(shop, build, balance, frame) } else { None },
        creditable: owed.iter().map(|owed| owed.for_people()).collect(),
        may_choose: own && order.offered,
        refund: refund(build, frame),
        may_ask_refund: own && build.may_ask_refund,
        proof: proof(build, frame),
        build: Build::of(&facts, frame),
    }
}

/// What was asked for and answered. Where all of it is on its way back, the page says that alone.
fn refund(build: &BuildView, frame: &Frame) -> Option<Refund> {
    if matches!(build.standing.stage, Stage::RefundPending | Stage::Refunded) {
        return None;
    }
    let request = build.view.refund_request.as_ref()?;
    let (asked, language) = (frame.time(request.asked_at), frame.language);
    let answered = request.answered_at.map(|at| frame.time(at));
    Some(match (request.state, answered) {
        (State::Given, Some(at)) => Refund::given((&asked, &at), language),
        (State::Declined, Some(at)) => {
            Refund::declined((&asked, &at), request.public.clone(), language)
        }
        _ => Refund::asked(&asked, language),
    })
}

/// How it can be paid, where it can be.
fn pay(shop: &Shop, build: &BuildView, balance: Money, frame: &Frame) -> Option<Pay> {
    let order = &build.view;
    if !is_payable(build) {
        return None;
    }
    let held = Money::new(order.amount.minor - build.due.minor, order.amount.currency);
    let held_until = order.reserved_until.filter(|until| *until > frame.now);
    Some(Pay {
        amount: build.due.for_people(),
        // A page that was opened for a reservation that is over is not led to any more.
        url: held_until.and(order.pay.as_ref()).map(|link| link.url.clone()),
        held_until: held_until.map(|until| frame.time(until)),
        state: paying(shop, order),
        ways: other_ways(shop, order.pay.as_ref().map(|link| link.method.as_str()), frame),
        set_aside: (held.minor > 0).then(|| held.for_people()),
        wallet: from_wallet(order.amount, held, balance),
    })
}

fn is_payable(build: &BuildView) -> bool {
    matches!(build.standing.stage, Stage::Unpaid | Stage::Closed(Closed::ReservationOver))
}

/// What is in the wallet of whoever may pay; of everybody else it is nobody's business.
async fn balance_for(shop: &Shop, build: &BuildView, me: &Me) -> Result<Money, Problem> {
    let currency = build.due.currency;
    let own = build.view.account == me.0.id && is_payable(build);
    let balances = if own { shop.engine().wallet(&me.0.id).await? } else { vec![] };
    let found = balances.into_iter().find(|balance| balance.currency == currency);
    Ok(found.unwrap_or(Money::zero(currency)))
}

/// What the wallet could pay of it, where that is more than it does.
pub(crate) fn from_wallet(total: Money, held: Money, balance: Money) -> Option<FromWallet> {
    let most = Money::new(balance.minor + held.minor, total.currency);
    let part = wallet::part(total, most);
    (part.minor > held.minor).then(|| FromWallet {
        minor: part.minor,
        amount: part.for_people(),
        is_all: part == total,
    })
}

/// The gateways where no page is open.
pub(crate) fn other_ways(shop: &Shop, open: Option<&str>, frame: &Frame) -> Vec<Choice> {
    let others = shop.engine().gateways().into_iter().filter(|name| Some(*name) != open);
    others.map(|name| Choice::of(name, way_in(name, frame.language))).collect()
}

fn paying(shop: &Shop, order: &OrderView) -> Paying {
    match order.seen.payment {
        _ if shop.engine().gateways().is_empty() => Paying::ByHand,
        PaymentStatus::Processing => Paying::Unsure,
        PaymentStatus::Failed => Paying::Failed,
        _ => Paying::Open,
    }
}

/// What was sold, what was delivered, and when somebody checked.
fn proof(build: &BuildView, frame: &Frame) -> Option<Proof> {
    let delivered = build.view.provisioned_ip?;
    if build.view.seen.status != Status::Active {
        return None;
    }
    let checked = build.happened.iter().rfind(|told| told.word == "matched");
    let checked = checked.or_else(|| build.happened.last())?;
    Some(Proof {
        sold: build.view.promise.clone(),
        delivered: delivered.to_string(),
        checked: frame.time(checked.at),
        until: build.view.sold_until.map(|until| frame.day(until)),
    })
}

/// The moving part of one order as a page has it, for whoever watches, and the frame it is in.
pub(super) async fn live_of(
    shop: &Shop,
    order: &domain::id::OrderId,
    viewer: &Viewer,
    (me, language): (&Me, Language),
) -> Result<(Live, Frame), Problem> {
    let build = shop.engine().build_view(order, viewer).await?;
    let visitor = engine::permission::Visitor::Account(me.0.clone());
    let frame = Frame { language, ..page::frame(shop, &visitor, "", Here::Servers) };
    let balance = balance_for(shop, &build, me).await?;
    Ok((live(shop, &build, (me, balance), &frame), frame))
}
