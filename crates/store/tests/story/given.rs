//! What stories begin with: a package on sale, an order at some point of its life, a server.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use domain::id::{AccountId, AttemptId, OrderId, PackageId, ProductId, ServerId};
use domain::money::{Currency, Money};
use domain::order::{Event, Sold, Stage, Standing, Terms, step};
use domain::package::{Package, Pid, Ram};
use domain::product::Product;
use domain::quote::Quote;
use domain::server;
use store::account::Account;
use store::attempt::Permit;
use store::books::{Finding, QUESTIONS};
use store::db::{Result, StoreError, Tx};
use store::dossier::Dossier;
use store::order::{Cause, Extras, Order};
use store::server::NewServer;

use crate::support::TestDb;

pub const SHOP: &str = "smartvps";
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HERE: Ipv4Addr = Ipv4Addr::new(103, 181, 91, 50);

pub async fn tried<T, F>(shop: &TestDb, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    shop.db.write(work).await
}

/// As `tried`, of what must succeed.
pub async fn done<T, F>(shop: &TestDb, work: F) -> T
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    shop.db.write(work).await.expect(shop.kind)
}

/// Every rule of the books that is broken, and by what.
pub async fn broken(shop: &TestDb) -> Vec<(&'static str, String)> {
    let found: Vec<Finding> = done(shop, |tx| {
        let asked: Result<Vec<_>> = QUESTIONS.iter().map(|q| tx.ask_books(q)).collect();
        Ok(asked?.into_iter().flatten().collect())
    })
    .await;
    found.into_iter().map(|row| (row.kind, row.subject)).collect()
}

pub fn stale<T>(result: &Result<T>) -> bool {
    matches!(result, Err(StoreError::Stale(_)))
}

pub fn refused<T>(result: &Result<T>) -> bool {
    matches!(result, Err(StoreError::Refused { .. }))
}

/// Whether something happened at a moment; the database's clock runs on in a test.
pub fn is_at(at: Option<Timestamp>, moment: Timestamp) -> bool {
    at.is_some_and(|at| (at.as_micros() - moment.as_micros()).abs() < 20_000_000)
}

pub fn rupees(units: i64) -> Money {
    Money::major(units, Currency::INR)
}

/// A package with `stock` free addresses, on sale as one product.
pub async fn package(shop: &TestDb, pid: &str, stock: i64) -> Package {
    package_of(shop, SHOP, pid, stock).await
}

/// As `package`, of a provider of one's choice.
pub async fn package_of(shop: &TestDb, provider: &'static str, pid: &str, stock: i64) -> Package {
    let name = format!("103.181.{pid}");
    let package = Package {
        id: PackageId::mint(shop.clock.now(), &shop.chance),
        provider: provider.into(),
        pid: Pid::new(pid).unwrap(),
        name: name.clone(),
        status: "active".into(),
        active: true,
        stock,
        listed_stock: stock,
        warned_at: None,
        missing_since: None,
        unlimited: false,
        days: Sold::DAYS,
    };
    let product = Product {
        id: ProductId::mint(shop.clock.now(), &shop.chance),
        package: package.id.clone(),
        name: format!("🌊 {name}"),
        published: true,
        available: true,
        held: None,
        name_confirmed: true,
        prices: vec![],
        cidrs: vec![],
        tags: vec![],
        note: String::new(),
        remark: String::new(),
        version: 1,
    };
    let (row, number) = (package.clone(), stock);
    done(shop, move |tx| {
        tx.ensure_provider(provider)?;
        tx.add_product(&row, &product)?;
        Ok(number)
    })
    .await;
    package
}

pub async fn customer(shop: &TestDb) -> AccountId {
    let id = AccountId::mint(shop.clock.now(), &shop.chance);
    let ada = Account {
        id: id.clone(),
        email: format!("{id}@example.com"),
        name: "Ada".into(),
        role: "customer".into(),
        password_hash: "$argon2id$…".into(),
        verified_at: None,
        second_factor_at: None,
        language: None,
        closed_at: None,
        created_at: shop.clock.now(),
    };
    assert!(done(shop, move |tx| tx.insert_account(&ada)).await);
    id
}

pub fn terms(package: &Package) -> Terms {
    Terms {
        provider: SHOP.into(),
        package: package.id.clone(),
        pid: package.pid.clone(),
        package_name: package.name.clone(),
        cidrs: vec![],
        ram: Ram::gb(8),
        os: None,
    }
}

/// An order that is not in the books yet.
pub async fn wish(shop: &TestDb, package: &Package, account: &AccountId) -> Order {
    let now = shop.now().await;
    let id = OrderId::mint(shop.clock.now(), &shop.chance);
    Order {
        number: format!("ORD-{}", &id.as_str()[20..]),
        id,
        account: account.clone(),
        version: 1,
        standing: Standing::new(Stage::Unpaid),
        sold: Sold {
            terms: terms(package),
            product: ProductId::mint(shop.clock.now(), &shop.chance),
            product_name: format!("🌊 {}", package.name),
            quote: Quote::plain(rupees(999)),
            cost: None,
            days: Sold::DAYS,
        },
        amendments: 0,
        created_at: now,
        reserved_until: now + 15 * MINUTE,
        paid_at: None,
        delivered_at: None,
        sold_until: None,
        error: None,
        public_error: None,
        offered_at: None,
    }
}

/// An unpaid order.
pub async fn ordered(shop: &TestDb, package: &Package) -> Order {
    let account = customer(shop).await;
    let order = wish(shop, package, &account).await;
    let new = order.clone();
    done(shop, move |tx| tx.insert_order(&new, "ada")).await;
    order
}

pub fn cause(key: &str) -> Cause {
    Cause { key: key.into(), actor: "test".into(), data: "{}".into() }
}

/// Moves an order by one event, in the transaction at hand.
pub fn step_in(tx: &mut Tx<'_>, order: &mut Order, event: &Event, key: &str) -> Result<()> {
    let next = step(&order.standing, event).expect("the rules know it");
    tx.record(order, &[(event.clone(), next)], &cause(key), &Extras::default())
}

/// Moves an order by one event, and gives it as it then stands.
pub async fn moved(shop: &TestDb, order: &Order, event: Event) -> Order {
    let id = order.id.clone();
    done(shop, move |tx| {
        let mut order = tx.lock_order(&id)?;
        let key = format!("{}:{}", event.word(), order.version);
        step_in(tx, &mut order, &event, &key)?;
        Ok(order)
    })
    .await
}

pub fn attempt_id(shop: &TestDb) -> AttemptId {
    AttemptId::mint(shop.clock.now(), &shop.chance)
}

pub fn server_id(shop: &TestDb) -> ServerId {
    ServerId::mint(shop.clock.now(), &shop.chance)
}

/// Paid, and its purchase planned.
pub async fn paid(shop: &TestDb, order: &Order) -> (Order, AttemptId) {
    let attempt = attempt_id(shop);
    (moved(shop, order, Event::Paid { attempt: attempt.clone() }).await, attempt)
}

/// Gives the attempt its permit, in the transaction at hand.
pub fn permit_in(tx: &mut Tx<'_>, id: &AttemptId, nonce: &str) -> Result<()> {
    let now = tx.now()?;
    tx.permit_attempt(&Permit {
        id,
        nonce,
        now,
        deadline: now + 3 * MINUTE,
        tail_ends_at: now + 13 * MINUTE,
        reading_number: 7,
        stock_seen: 50,
        package_name: "103.181.91",
    })
}

/// Paid and permitted.
pub async fn permitted(shop: &TestDb, order: &Order) -> (Order, AttemptId) {
    let (order, attempt) = paid(shop, order).await;
    let order = moved(shop, &order, Event::Permitted).await;
    let id = attempt.clone();
    done(shop, move |tx| permit_in(tx, &id, "nonce")).await;
    (order, attempt)
}

/// A server to be written down; `address` in the state given, of nobody.
pub fn stray<'a>(id: &'a ServerId, address: Ipv4Addr, state: server::State) -> NewServer<'a> {
    NewServer {
        id,
        provider: SHOP,
        address,
        order: None,
        attempt: None,
        state,
        adopted_by: None,
        os_wanted: None,
        cost: None,
        value: rupees(999),
        reason: None,
    }
}

/// Bought, and being checked. The answer is numbered, as the stock formula needs it.
pub async fn verifying(shop: &TestDb, order: &Order, address: Ipv4Addr) -> (Order, ServerId) {
    let (order, attempt) = permitted(shop, order).await;
    let id = server_id(shop);
    let (new, of, by) = (id.clone(), order.id.clone(), attempt.clone());
    done(shop, move |tx| {
        let number = tx.next_number()?;
        tx.settle_attempt(&by, number)?;
        let server = stray(&new, address, server::State::Verifying);
        tx.insert_server(&NewServer { order: Some(&of), attempt: Some(&by), ..server })
    })
    .await;
    (moved(shop, &order, Event::Answered { attempt, server: id.clone() }).await, id)
}

/// Everything of an order at once, which is what each question alone would answer.
pub async fn dossier(shop: &TestDb, id: &OrderId) -> Dossier {
    let wanted = id.clone();
    let (told, alone) = done(shop, move |tx| {
        let (id, all) = (&wanted, std::slice::from_ref(&wanted));
        let told = tx.dossier(id)?.expect("it is there");
        let money = (tx.payments(id)?, tx.captures(id)?, tx.refunds(id)?, tx.disputes(id)?);
        let books = (tx.owed_and_unsent(id)?, tx.returned_of(all)?, tx.ledger_of(id)?);
        let rest = (tx.amendments(id)?, tx.moments_of(all)?, tx.papers_of(all)?);
        let people = (tx.account(&told.order.account)?.email, tx.attention_of(id)?);
        let bought = (tx.order(id)?, tx.attempts(id)?, tx.servers(id)?);
        Ok((told, format!("{:?}", (money, books, rest, people, bought))))
    })
    .await;
    let Dossier { payments, captures, refunds, disputes, .. } = &told;
    let returned: Vec<_> = told.returned.iter().collect();
    let attempts: Vec<_> = told.attempts.iter().map(|(attempt, _)| attempt).collect();
    let at_once = (
        (payments, captures, refunds, disputes),
        (&told.owed, returned, &told.ledger),
        (&told.amendments, &told.moments, &told.papers),
        (&told.email, &told.attention),
        (&told.order, attempts, &told.servers),
    );
    assert_eq!(format!("{at_once:?}"), alone, "{}", shop.kind);
    let customer = told.people.get(told.order.account.as_str());
    assert!(customer.is_none_or(|email| *email == told.email), "{:?}", told.people);
    told
}
