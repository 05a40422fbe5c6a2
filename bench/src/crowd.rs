//! The pages of a shop that has grown: `berth serve` over very many orders of very many customers,
//! asked for every page that has something of them to show. The orders are copies of some that were
//! really sold, as in `books.rs`, here with their history; mails are not copied.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::id::ProductId;
use engine::account::NewAccount;
use engine::permission::Role;
use engine::read::Viewer;
use engine::secret::Secret;
use engine::session::SignIn;

use crate::books::{self, Original, PACKAGES};
use crate::child::Simulator;
use crate::load::{Borne, at_once};
use crate::place::{Ground, Kind};
use crate::served::Served;
use crate::shop::{self, Shop};
use crate::watch::Watch;
use crate::web::CONNECTIONS;

/// Whose the orders are; one of them has those that were really sold.
pub const CUSTOMERS: usize = 200_000;
const STAFF: &str = "sue@example.org";
/// The key under which `shop::engine` seals.
const KEY: [u8; 32] = [7; 32];

#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub products: usize,
    pub orders: usize,
}

/// One page, and how long it may take.
#[derive(Clone, Debug)]
pub struct Page {
    pub what: String,
    path: String,
    by: By,
    pub within_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Nobody,
    Customer,
    Staff,
}

/// How one page was answered.
pub struct Visited {
    pub page: Page,
    pub borne: Borne,
    pub bytes: usize,
}

/// What pages are about: one of each.
struct Known {
    order: String,
    product: String,
    paper: String,
    customer: String,
    /// Lines of the request by which somebody is known.
    cookies: [String; 2],
}

/// Fills a database, serves it, and visits its pages.
pub async fn visit(
    (kind, postgres): (Kind, Option<&str>),
    binary: &Path,
    size: Size,
    lasts: Duration,
) -> Result<Vec<Visited>> {
    let ground = Ground::new(kind, postgres).await?;
    let simulator = Simulator::start(size.products, true)?;
    let known = grown(&ground, &simulator, size).await?;
    let (folder, url, key) = (tempfile::tempdir()?, ground.url(), "07".repeat(KEY.len()));
    let mut settings = simulator.settings().to_vec();
    settings.push(("BERTH_MASTER_KEY", &key));
    let data = match &ground {
        Ground::File(folder) => folder.path(),
        Ground::Server { .. } => {
            settings.push(("DATABASE_URL", &url));
            folder.path()
        }
    };
    let (served, _) = Served::start(binary, data, &settings).await?;
    let visited = each(&served, &known, lasts).await;
    // Whatever came of it, the program does not go on.
    served.stop().await?;
    ground.remove().await?;
    visited
}

async fn each(served: &Served, known: &Known, lasts: Duration) -> Result<Vec<Visited>> {
    let mut visited = Vec::new();
    for page in pages(known) {
        visited.push(one(served, page, known, lasts).await?);
    }
    Ok(visited)
}

/// One page, over connections that are kept open.
async fn one(served: &Served, page: Page, known: &Known, lasts: Duration) -> Result<Visited> {
    let who = match page.by {
        By::Nobody => String::new(),
        By::Customer => known.cookies[0].clone(),
        By::Staff => known.cookies[1].clone(),
    };
    let first = served.line().await?.ask_with(&page.path, &who).await?;
    ensure!(first.status == 200, "{} answered {}", page.path, first.status);
    let path = page.path.clone();
    let borne = at_once(served.lines(CONNECTIONS).await?, lasts, move |mut line| {
        let (path, who) = (path.clone(), who.clone());
        async move {
            let answer = line.ask_with(&path, &who).await?;
            ensure!(answer.status == 200, "{path} answered {}", answer.status);
            Ok(line)
        }
    });
    let visited = Visited { borne: borne.await?, bytes: first.body.len(), page };
    eprintln!("  {}: {:?}", visited.page.what, visited.borne);
    Ok(visited)
}

/// A shop with all of its products, orders and customers.
async fn grown(ground: &Ground, simulator: &Simulator, size: Size) -> Result<Known> {
    let (watch, db) = (Watch::listening()?, ground.open().await?);
    let mut shop = Shop::open(db.clone(), simulator).await?;
    let all = shop.engine.list_products(None, i64::MAX).await?;
    ensure!(all.len() == size.products, "{} products", all.len());
    // Those that have room for all copies.
    let wide = all.iter().filter(|shown| shown.package.name.starts_with("45."));
    shop.products = wide.map(|shown| shown.product.id.clone()).collect::<Vec<ProductId>>();
    let originals = books::originals(&shop, &watch).await?;
    let first = originals.first().context("nothing was sold")?;
    let invoice = shop.engine.papers(&Viewer::Staff, None, None).await?.items;
    let known = Known {
        order: first.order.clone(),
        product: shop.products.first().context("no product")?.to_string(),
        paper: invoice.first().context("no invoice")?.id.to_string(),
        customer: shop.customer.to_string(),
        cookies: [signed_in(&shop, shop::CUSTOMER).await?, staff(&shop).await?],
    };
    shop.engine.stop_working();
    ground.fill(&customers(ground, &known.customer).await?).await?;
    let copies = size.orders / PACKAGES - 1;
    for original in &originals {
        eprintln!("  copies of order {} of {PACKAGES} ...", original.nth + 1);
        ground.fill(&copied(ground, (original, copies)).await?).await?;
    }
    ground.fill("UPDATE paper_series SET given = (SELECT COUNT(*) FROM paper); ANALYZE;").await?;
    db.close();
    Ok(known)
}

/// The rows of one original under other names: as for the books, and what happened to it.
async fn copied(ground: &Ground, of: (&Original, usize)) -> Result<String> {
    let mut sql = String::new();
    for (table, names) in books::TABLES {
        let mut names = names.to_vec();
        if ["orders", "paper"].contains(&table) {
            names.push("account_id");
        }
        sql += &books::copy(ground, table, &names, of).await?;
    }
    Ok(sql + &books::copy(ground, "order_event", &["order_id"], of).await?)
}

/// The statement that makes one customer into many.
async fn customers(ground: &Ground, customer: &str) -> Result<String> {
    let digits = "SUBSTR(CAST(10000000 + n.i AS TEXT), 2)";
    let columns = books::columns(ground, "account").await?;
    let value = |column: &String| match column.as_str() {
        "id" => format!("'{}' || {digits}", &customer[..customer.len() - 7]),
        "email" => format!("'c' || {digits} || '@example.org'"),
        name => format!("t.{name}"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    Ok(format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {}) \
         INSERT INTO account ({}) SELECT {} FROM account t, n WHERE t.id = '{customer}';",
        CUSTOMERS - 1,
        columns.join(", "),
        values.join(", ")
    ))
}

async fn staff(shop: &Shop) -> Result<String> {
    let new = NewAccount {
        email: STAFF.to_owned(),
        name: "Sue".to_owned(),
        role: Role::Admin,
        password: Secret::new(shop::PASSWORD.to_owned()),
    };
    shop.engine.add_account(new, "bench").await?;
    signed_in(shop, STAFF).await
}

/// The line of a request by which somebody is known.
async fn signed_in(shop: &Shop, email: &str) -> Result<String> {
    let wish = SignIn {
        email: email.to_owned(),
        password: Secret::new(shop::PASSWORD.to_owned()),
        agent: "bench".to_owned(),
        address: [127, 0, 0, 1].into(),
    };
    let session = shop.engine.sign_in(wish).await?;
    Ok(format!("Cookie: berth_session={}\r\n", session.token.expose()))
}

/// Every page that has something to show of orders, customers or products: who looks, and within
/// how many milliseconds. What is in braces is one of those of `Known`.
const PAGES: [(By, f64, &[&str]); 6] = [
    (By::Nobody, 20.0, &["/", "/?page=200"]),
    (By::Nobody, 50.0, &["/?q=11.0.99"]),
    (By::Customer, 20.0, &["/orders/{order}"]),
    (
        By::Nobody,
        100.0,
        &["/products/{product}", "/api/ipstock?limit=20", "/api/ipstock", "/sitemap.xml"],
    ),
    (
        By::Customer,
        100.0,
        &[
            "/my-servers",
            "/my-servers?q=45.7",
            "/my-servers/{order}",
            "/my-servers/{order}/reinstall",
            "/cart",
            "/account",
            "/account/billing",
            "/account/keys",
            "/account/leave",
            "/account/papers",
            "/account/statement",
            "/account/wallet",
            "/papers/{paper}",
            "/orders/{order}/receipts/1",
            "/api/orders",
            "/api/orders/{order}",
            "/api/orders/{order}/papers",
            "/api/orders/{order}/server",
            "/api/papers",
            "/api/statement",
            "/api/wallet",
        ],
    ),
    (
        By::Staff,
        100.0,
        &[
            "/admin",
            "/admin/orders",
            "/admin/orders?stage=delivered",
            "/admin/orders?stage=unheard",
            "/admin/orders/{order}",
            "/admin/accounts/{account}/statement",
            "/admin/accounts/{account}/leave",
            "/admin/wallets/{account}",
            "/admin/alerts",
            "/admin/byHand",
            "/admin/costs",
            "/admin/coupons",
            "/admin/incident",
            "/admin/ipStock",
            "/admin/mails",
            "/admin/papers",
            "/admin/profit",
            "/admin/quarantine",
            "/admin/shop",
            "/api/admin/orders/{order}",
            "/api/admin/accounts/{account}/statement",
            "/api/admin/accounts/{account}/wallet",
            "/api/admin/accounts",
            "/api/admin/alerts",
            "/api/admin/audit",
            "/api/admin/needs-attention",
            "/api/admin/papers",
            "/api/admin/products",
            "/api/admin/profit",
            "/api/admin/providers",
            "/api/admin/quarantine",
            "/readyz",
        ],
    ),
];

fn pages(known: &Known) -> Vec<Page> {
    let about = [
        ("{order}", &known.order),
        ("{product}", &known.product),
        ("{paper}", &known.paper),
        ("{account}", &known.customer),
    ];
    let page = |(by, within_ms, what): (By, f64, &str)| {
        let path = about.iter().fold(what.to_owned(), |path, (name, id)| path.replace(name, id));
        Page { what: what.to_owned(), path, by, within_ms }
    };
    let each = PAGES.iter().flat_map(|(by, ms, paths)| paths.iter().map(|path| (*by, *ms, *path)));
    each.map(page).collect()
}
