//! Papers: what is due one, numbers without a gap whoever takes them, and what is read of them.

use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use domain::id::{OrderId, PaperId};
use domain::ledger::{Account, Entry, Pays, received};
use domain::money::Currency;
use domain::paper::{Content, Kind, Paper, Sums, billed};
use store::order::Order;
use store::paper::{Moved, NewPaper, Source};
use store::payment::{Captured, NewCapture};

use super::given::{self, broken, done, rupees, tried};
use crate::support::{TestDb, for_each_database};

const SETTLED_FOR: Duration = Duration::from_secs(15);

/// An order that 999 rupees came in for.
async fn paid(shop: &TestDb, pid: &str) -> Order {
    let package = given::package(shop, pid, 9).await;
    let order = given::ordered(shop, &package).await;
    let of = order.clone();
    let movement = format!("m{pid}");
    done(shop, move |tx| {
        tx.insert_capture(&NewCapture {
            gateway: "upi",
            gateway_payment: &movement,
            payment: None,
            share: 0,
            order: &of.id,
            amount: rupees(999),
            booked_as: "paid",
        })?;
        let till = Account::Gateway("upi".into());
        let sums = (rupees(999), Some(Pays::whole(&of.sold.quote)));
        let cause = format!("capture:upi:{movement}");
        let entry = received(cause, till, &of.id, &of.account, sums).unwrap();
        tx.post(Some(&of.id), &entry)
    })
    .await;
    order
}

fn paper(shop: &TestDb, source: &Source, count: i64) -> NewPaper {
    let kind = Kind::of(source.sums.total()).unwrap();
    let sums = if kind == Kind::Invoice { source.sums } else { source.sums.reversed() };
    let sold = &source.order.sold;
    let content = Content {
        seller: None,
        shop: Some("Coral Cloud".into()),
        buyer: source.buyer.clone(),
        sac: "998315".into(),
        tax: sold.quote.tax,
        lines: billed(sold, sums),
        order_number: source.order.number.clone(),
        order_total: sold.quote.total.minor,
        receipt: sold.receipt(),
        against: vec!["INV/26-27/000001".into()],
    };
    let paper = Paper {
        id: PaperId::mint(shop.clock.now(), &shop.chance),
        kind,
        series: if kind == Kind::Invoice { "INV/26-27" } else { "CRN/26-27" }.into(),
        count,
        order: source.order.id.clone(),
        account: source.order.account.clone(),
        at: source.due.at,
        currency: source.currency,
        sums,
        content,
    };
    NewPaper { paper, cause: source.due.cause.clone() }
}

async fn sources(shop: &TestDb) -> Vec<Source> {
    done(shop, |tx| {
        let dues = tx.lock_papers_due(SETTLED_FOR, 10)?;
        tx.paper_sources(dues)
    })
    .await
}

/// Numbers what is due, and gives the papers back.
async fn numbered(shop: &TestDb) -> Vec<Paper> {
    let mut papers = Vec::new();
    for source in sources(shop).await {
        let invoice = source.sums.total() > 0;
        let series = if invoice { "INV/26-27" } else { "CRN/26-27" };
        let count = done(shop, move |tx| tx.take_paper_numbers(series, 1)).await;
        let new = paper(shop, &source, count);
        papers.push(new.paper.clone());
        done(shop, move |tx| tx.insert_papers(std::slice::from_ref(&new))).await;
    }
    papers
}

#[tokio::test]
async fn an_entry_is_due_a_paper_once_it_has_settled_and_until_it_has_one() {
    for_each_database(async |shop| {
        let order = paid(shop, "91").await;
        let due = async || done(shop, |tx| tx.are_papers_due(SETTLED_FOR)).await;
        assert!(!due().await && sources(shop).await.is_empty(), "it has not settled");
        shop.clock.step(SETTLED_FOR);
        assert!(due().await);
        let found = sources(shop).await;
        let [source] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((&source.order.id, source.sums.net), (&order.id, 99_900));
        assert_eq!(source.buyer.address, None);
        let span = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
        let waiting = async || done(shop, move |tx| tx.count_papers_due(span)).await;
        assert_eq!(waiting().await, 1);
        let papers = numbered(shop).await;
        assert!(!due().await && waiting().await == 0);
        assert_eq!(papers[0].number(), "INV/26-27/000001");
        let id = papers[0].id.clone();
        let read = done(shop, move |tx| tx.lookup_paper(&id)).await;
        assert_eq!(read.as_ref(), Some(&papers[0]), "it reads back as it was written");
        let nobody = PaperId::mint(shop.clock.now(), &shop.chance);
        assert_eq!(done(shop, move |tx| tx.lookup_paper(&nobody)).await, None);
        // Recognising revenue sells nothing a second time.
        let (id, prepaid) = (order.id.clone(), Account::Prepaid(order.id.clone()));
        done(shop, move |tx| {
            let entry = Entry::moved("delivered", Account::Revenue, prepaid.clone(), rupees(999));
            tx.post(Some(&id), &entry)
        })
        .await;
        shop.clock.step(SETTLED_FOR);
        assert!(!due().await);
    })
    .await;
}

#[tokio::test]
async fn a_number_that_was_not_used_is_given_again() {
    for_each_database(async |shop| {
        let take =
            async |count| done(shop, move |tx| tx.take_paper_numbers("INV/26-27", count)).await;
        assert_eq!((take(2).await, take(1).await), (1, 3));
        let undone: store::db::Result<()> = tried(shop, |tx| {
            tx.take_paper_numbers("INV/26-27", 5)?;
            Err(store::db::StoreError::Stale("a test"))
        })
        .await;
        assert!(undone.is_err());
        assert_eq!(take(1).await, 4);
        assert_eq!(done(shop, |tx| tx.take_paper_numbers("INV/27-28", 1)).await, 1);
        let missing = ("paper-number-missing", "INV/26-27".to_owned());
        assert!(broken(shop).await.contains(&missing), "four were given, and there is no paper");
    })
    .await;
}

#[tokio::test]
async fn an_entry_has_one_paper_whoever_writes_it() {
    for_each_database(async |shop| {
        paid(shop, "91").await;
        shop.clock.step(SETTLED_FOR);
        let source = sources(shop).await.remove(0);
        let (one, two) = (paper(shop, &source, 1), paper(shop, &source, 2));
        done(shop, move |tx| tx.insert_papers(std::slice::from_ref(&one))).await;
        let again = tried(shop, move |tx| tx.insert_papers(std::slice::from_ref(&two))).await;
        assert!(given::refused(&again), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn papers_are_listed_newest_first_and_asked_for_by_time() {
    for_each_database(async |shop| {
        let mut orders = Vec::new();
        for pid in ["91", "92", "93"] {
            orders.push(paid(shop, pid).await);
            shop.clock.step(SETTLED_FOR);
        }
        let papers = numbered(shop).await;
        let ids: Vec<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
        let of = ids[..2].to_vec();
        assert_eq!(done(shop, move |tx| tx.papers_of(&of)).await, papers[..2]);
        let page = async |after: Option<&Paper>| {
            let after = after.map(|paper| paper.id.clone());
            done(shop, move |tx| tx.papers(None, after.as_ref(), 2)).await
        };
        assert_eq!(page(None).await, [papers[2].clone(), papers[1].clone()]);
        assert_eq!(page(Some(&papers[1])).await, papers[..1]);
        let own = papers[0].account.clone();
        let of_own = done(shop, move |tx| tx.papers(Some(&own), None, 10)).await;
        assert!(of_own.iter().all(|paper| paper.account == papers[0].account));
        assert!(of_own.contains(&papers[0]));
        let span = (papers[0].at, papers[2].at);
        let between = async |after: Option<(Timestamp, PaperId)>| {
            done(shop, move |tx| tx.papers_between(span, after.clone(), 10)).await
        };
        assert_eq!(between(None).await, papers[..2]);
        let first = Some((papers[0].at, papers[0].id.clone()));
        assert_eq!(between(first).await, papers[1..2]);
        assert_eq!(
            done(shop, move |tx| tx.tax_booked(span, Currency::INR)).await,
            Sums::default(),
            "nothing of it was taxed"
        );
    })
    .await;
}

#[tokio::test]
async fn a_statement_has_money_and_papers_in_one_row_of_time() {
    for_each_database(async |shop| {
        let order = paid(shop, "91").await;
        let of = order.id.clone();
        let captures = done(shop, move |tx| tx.captures(&of)).await;
        let [Captured { gateway, has_paid: true, amount, .. }] = captures.as_slice() else {
            panic!("{captures:?}");
        };
        assert_eq!((gateway.as_str(), *amount), ("upi", rupees(999)));
        shop.clock.step(SETTLED_FOR);
        let invoice = numbered(shop).await.remove(0);
        let of = order.clone();
        done(shop, move |tx| {
            let (prepaid, owed) =
                (Account::Prepaid(of.id.clone()), Account::Owed(of.account.clone()));
            tx.post(Some(&of.id), &Entry::moved("refund:1", owed, prepaid, rupees(9)))
        })
        .await;
        let account = order.account.clone();
        assert_eq!(done(shop, move |tx| tx.owed_to(&account)).await, [rupees(9)]);
        shop.clock.step(SETTLED_FOR);
        let note = numbered(shop).await.remove(0);
        let account = order.account.clone();
        let page = async |after: Option<(Timestamp, String)>, limit| {
            let account = account.clone();
            done(shop, move |tx| {
                let after = after.as_ref().map(|(at, tie)| (*at, tie.as_str()));
                tx.statement(&account, after, limit)
            })
            .await
        };
        let all = page(None, 10).await;
        let told: Vec<_> = all.iter().map(|row| (row.moved.clone(), row.amount)).collect();
        let expected = [
            (Moved::CreditNote(note.id.clone()), rupees(9)),
            (Moved::Invoice(invoice.id.clone()), rupees(999)),
            (Moved::In("upi".into()), rupees(999)),
        ];
        assert_eq!(told, expected);
        assert_eq!(all[1].name, "INV/26-27/000001");
        let mut one_by_one = Vec::new();
        let mut after = None;
        while let Some(row) = page(after.clone(), 1).await.pop() {
            let (_, tie) = row.cursor.split_once('.').unwrap();
            after = Some((row.at, tie.to_owned()));
            one_by_one.push(row);
        }
        assert_eq!(one_by_one, all);
    })
    .await;
}

#[tokio::test]
async fn whom_a_paper_is_for_is_who_ordered() {
    for_each_database(async |shop| {
        let order = paid(shop, "91").await;
        let ids = [order.id.clone()];
        let buyers = done(shop, move |tx| tx.buyers_of(&ids)).await;
        let buyer = buyers.get(&order.id).unwrap();
        assert!(buyer.email.contains('@') && buyer.address.is_none(), "{buyer:?}");
    })
    .await;
}
