//! Every sale has its invoice and everything that goes back its credit note: numbered without a
//! gap in the order of the money, as the ledger has it, and never changed.

use std::time::Duration;

use domain::money::{Currency, Money};
use domain::order::Remedy;
use domain::paper::{Kind, Paper};
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use domain::words;
use engine::Settings;
use engine::gst_return::Months;
use engine::party::PartyWish;
use engine::read::{Moved, Viewer};
use engine::remedy::Wish;
use store::order::Order;

use crate::database::{TestDb, for_each_database};
use crate::support::{OTHER, SOLD, TestShop, rupees, settings, wish};

const SETTLED: Duration = Duration::from_secs(16);
const DAY: Duration = Duration::from_secs(86_400);

pub async fn taxed(test: &TestDb) -> TestShop {
    let tax_rate = Rate::basis_points(1_800).unwrap();
    let (tax_mode, round_totals) = (Mode::Exclusive, Round::Major);
    let settings = Settings { tax_rate, tax_mode, round_totals, ..settings() };
    TestShop::open_with(test, settings, vec![(SOLD, 500), (OTHER, 50)]).await
}

fn address(place: &str, gstin: Option<&str>) -> PartyWish {
    PartyWish {
        name: "Ada Traders".into(),
        street: "1 Marine Drive".into(),
        city: "Somewhere".into(),
        postcode: "400001".into(),
        place: place.into(),
        gstin: gstin.map(Into::into),
    }
}

/// What has settled is numbered.
pub async fn numbered(shop: &TestShop) {
    shop.later(SETTLED);
    shop.tended().await;
}

pub async fn papers(shop: &TestShop, order: &Order) -> Vec<Paper> {
    shop.engine.papers_of_order(&order.id, &Viewer::Staff).await.unwrap().papers
}

async fn give_back(shop: &TestShop, order: &Order, minor: i64) {
    let part = Wish { amount: Some(Money::new(minor, Currency::INR)), ..wish(Remedy::Refund) };
    shop.remedy(order, part).await.unwrap();
    shop.quiet().await;
}

async fn all_is_well(shop: &TestShop) {
    shop.books_balance().await;
    shop.invariants_hold().await;
}

#[tokio::test]
async fn a_payment_has_one_invoice_that_says_what_the_ledger_booked() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let seller = address("IN-27", Some("27AAPFU0939F1ZV"));
        shop.engine.set_shop_party(&seller, "staff").await.unwrap();
        shop.engine.set_customer_party(&shop.customer, &address("IN-29", None)).await.unwrap();
        let order = shop.buy(SOLD).await;
        shop.tended().await;
        assert!(papers(&shop, &order).await.is_empty(), "it has not settled");
        numbered(&shop).await;
        let found = papers(&shop, &order).await;
        let [invoice] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((invoice.kind, invoice.count), (Kind::Invoice, 1));
        assert!(invoice.number().starts_with("INV/") && invoice.number().ends_with("/000001"));
        // 999 and 18 % are 1178.82, and 1179 in whole rupees.
        let sums = invoice.sums;
        assert_eq!((sums.net, sums.igst, sums.rounding), (99_900, 17_982, 18));
        assert_eq!((sums.cgst, sums.sgst, invoice.total()), (0, 0, rupees(1_179)));
        assert_eq!(
            words::amount(invoice.total()),
            "Rupees One Thousand One Hundred Seventy-Nine Only"
        );
        let content = &invoice.content;
        assert_eq!(content.lines.len(), 1);
        assert_eq!((content.lines[0].net, content.lines[0].taxes), (99_900, 17_982));
        assert!(content.receipt.contains("103.181.91 (Package ID: 1)"), "{}", content.receipt);
        // Whoever moves away changes no paper that is written.
        shop.engine.set_shop_party(&address("IN-29", None), "staff").await.unwrap();
        shop.engine.set_customer_party(&shop.customer, &address("US", None)).await.unwrap();
        numbered(&shop).await;
        assert_eq!(papers(&shop, &order).await, found);
        let gstin = found[0].content.seller.as_ref().unwrap().gstin.as_ref().unwrap();
        assert_eq!(gstin.as_str(), "27AAPFU0939F1ZV");
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn credit_notes_of_a_refund_in_parts_return_exactly_the_tax() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let order = shop.buy(SOLD).await;
        for minor in [33_333, 1, 12_345] {
            give_back(&shop, &order, minor).await;
        }
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        numbered(&shop).await;
        let found = papers(&shop, &order).await;
        let [invoice, notes @ ..] = found.as_slice() else { panic!("nothing") };
        let numbers: Vec<i64> = notes.iter().map(|note| note.count).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
        assert!(notes.iter().all(|note| note.series.starts_with("CRN/")));
        let back = |of: fn(&Paper) -> i64| notes.iter().map(of).sum::<i64>();
        assert_eq!(back(|note| note.sums.net), invoice.sums.net);
        assert_eq!(back(|note| note.sums.cgst), invoice.sums.cgst);
        assert_eq!(back(|note| note.sums.sgst), invoice.sums.sgst);
        assert_eq!(back(|note| note.sums.rounding), invoice.sums.rounding);
        assert!(notes.iter().all(|note| note.content.against == [invoice.number()]));
        assert_eq!(notes[1].sums.total(), 1, "a paisa is given back with a note of its own");
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_only_is_owed_has_a_receipt_and_no_invoice() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let order = shop.buy(SOLD).await;
        shop.later(SETTLED);
        let again = engine::pay::Receipt { amount: rupees(1_179), reference: "again".into() };
        shop.engine.mark_paid(&order.id, again, "staff").await.unwrap();
        numbered(&shop).await;
        assert_eq!(papers(&shop, &order).await.len(), 1);
        let viewer = Viewer::Owner(shop.customer.clone());
        let second = shop.engine.receipt(&order.id, 2, &viewer).await.unwrap();
        assert_eq!((second.payment.amount, second.payment.has_paid), (rupees(1_179), false));
        assert_eq!(second.words, order.sold.receipt());
        assert!(shop.engine.receipt(&order.id, 3, &viewer).await.is_err());
        assert!(shop.engine.receipt(&order.id, 0, &viewer).await.is_err());
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn two_nodes_that_number_at_once_leave_no_gap_and_no_double() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let other =
            if shop.db.is_shared_by_nodes() { Some(shop.another_node(db).await) } else { None };
        shop.engine.pause_provider("smartvps", "only papers count here", "staff").await.unwrap();
        for round in 0..3 {
            for _ in 0..20 {
                let order = shop.order_of(SOLD).await.unwrap();
                shop.pay(&order).await;
            }
            shop.later(SETTLED);
            let second = other.as_ref().unwrap_or(&shop);
            let both = tokio::join!(shop.engine.sweep(), second.engine.sweep());
            let count = both.0.unwrap().papers_numbered + both.1.unwrap().papers_numbered;
            assert_eq!(count, 20, "round {round}");
        }
        let all = shop.engine.papers(&Viewer::Staff, None, Some(500)).await.unwrap().items;
        let counts: Vec<i64> = all.iter().map(|paper| paper.count).collect();
        assert_eq!(counts, (1..=60).rev().collect::<Vec<i64>>());
        assert!(all.is_sorted_by(|newer, older| newer.at >= older.at));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_new_financial_year_counts_from_one() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let before = shop.buy(SOLD).await;
        numbered(&shop).await;
        shop.later(DAY * 366);
        shop.engine.sync().await.unwrap();
        let after = shop.buy(SOLD).await;
        numbered(&shop).await;
        let (before, after) = (papers(&shop, &before).await, papers(&shop, &after).await);
        assert_ne!(before[0].series, after[0].series);
        assert_eq!((before[0].count, after[0].count), (1, 1));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn the_return_of_a_month_has_the_taxes_of_the_ledger() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        shop.engine.set_shop_party(&address("IN-27", None), "staff").await.unwrap();
        let mut last = None;
        for (place, gstin) in
            [("IN-27", Some("27AAPFU0939F1ZV")), ("IN-29", None), ("IN-27", None), ("US", None)]
        {
            let party = address(place, gstin);
            shop.engine.set_customer_party(&shop.customer, &party).await.unwrap();
            last = Some(shop.buy(SOLD).await);
        }
        let order = last.unwrap();
        shop.engine.set_customer_party(&shop.customer, &address("IN-29", None)).await.unwrap();
        let of_another_month = shop.buy(OTHER).await;
        give_back(&shop, &order, 10_000).await;
        numbered(&shop).await;
        shop.later(DAY * 32);
        give_back(&shop, &of_another_month, 5_000).await;
        numbered(&shop).await;
        let all = papers(&shop, &of_another_month).await;
        let of = async |month: &str, last: Option<&str>| {
            shop.engine.gst_return(Months::read(month, last).unwrap()).await.unwrap()
        };
        let [one, two] = [all[0].at, all[1].at].map(|at| shop.engine.month_of(at));
        let (first, second) = (of(&one, None).await, of(&two, None).await);
        assert_eq!((first.papers.len(), second.papers.len()), (6, 1));
        for month in [&first, &second] {
            assert_eq!((month.taxes, month.waiting), (month.booked, 0));
        }
        assert_eq!((first.taxes.igst, first.taxes.cgst), (2 * 17_982, 2 * 8_991));
        assert!(second.taxes.cgst + second.taxes.igst < 0, "only a credit note is of it");
        assert_eq!(of(&one, Some(&two)).await.papers.len(), 7);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_statement_tells_every_movement_and_what_is_owed() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let order = shop.buy(SOLD).await;
        numbered(&shop).await;
        give_back(&shop, &order, 10_000).await;
        shop.later(SETTLED);
        let statement = async || shop.engine.statement(&shop.customer, None, None).await.unwrap();
        assert_eq!(statement().await.owed, [rupees(100)]);
        let id = order.id.clone();
        let refund = shop.db.read(move |tx| tx.refunds(&id)).await.unwrap().remove(0);
        shop.engine.refund_paid_by_hand(&refund.id, "utr-back", "staff").await.unwrap();
        numbered(&shop).await;
        let told = statement().await;
        assert!(told.owed.is_empty());
        let rows: Vec<(&str, i64)> = told
            .rows
            .items
            .iter()
            .map(|row| {
                let kind = match row.moved {
                    Moved::In(_) => "in",
                    Moved::Out(_) => "out",
                    Moved::Invoice(_) => "invoice",
                    Moved::CreditNote(_) => "credit note",
                    Moved::TopUp(_) | Moved::Gift => "wallet",
                };
                (kind, row.amount.minor)
            })
            .collect();
        let expected =
            [("out", 10_000), ("credit note", 10_000), ("invoice", 117_900), ("in", 117_900)];
        assert_eq!(rows, expected);
    })
    .await;
}

#[tokio::test]
async fn a_strangers_papers_do_not_exist() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        let order = shop.buy(SOLD).await;
        numbered(&shop).await;
        let paper = papers(&shop, &order).await.remove(0);
        let stranger = Viewer::Owner(domain::id::AccountId::mint(
            domain::clock::Timestamp::from_millis(1),
            &crate::support::Machine,
        ));
        let missing = |error: engine::Error| matches!(error, engine::Error::Missing { .. });
        let engine = &shop.engine;
        assert!(missing(engine.paper(&paper.id, &stranger).await.unwrap_err()));
        assert!(missing(engine.papers_of_order(&order.id, &stranger).await.unwrap_err()));
        assert!(missing(engine.receipt(&order.id, 1, &stranger).await.unwrap_err()));
        assert!(engine.papers(&stranger, None, None).await.unwrap().items.is_empty());
        let owner = Viewer::Owner(shop.customer.clone());
        assert_eq!(engine.paper(&paper.id, &owner).await.unwrap(), paper);
    })
    .await;
}
