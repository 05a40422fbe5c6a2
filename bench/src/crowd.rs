//! The pages of a shop that has grown: `berth serve` over very many orders of very many customers,
//! asked for every page that has something of them to show. The orders are copies of some that were
//! really sold, as in `books.rs`, here with their history; mails are not copied.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::id::ProductId;
use engine::account::NewAccount;
use engine::permission::Role;
use engine::secret::Secret;
use engine::session::SignIn;

use crate::books::{self, Original, PACKAGES};
use crate::child::Simulator;
use crate::load::{Borne, at_once};
use crate::place::{Ground, Kind};
use crate::served::{Line, Served};
use crate::shop::{self, Shop};
use crate::watch::Watch;
use crate::web::CONNECTIONS;

/// Whose the orders are.
pub const CUSTOMERS: usize = 200_000;
/// Narrows a run to the pages whose path begins so, to look at one again.
const ONLY: &str = "BENCH_PAGES";
/// One for each connection, of customers and of staff: no account may ask for more than so much.
const VISITORS: usize = CONNECTIONS;
/// Whoever counts longer has failed.
const COUNT_MAX: Duration = Duration::from_secs(300);
/// The key under which `shop::engine` seals.
const KEY: [u8; 32] = [7; 32];

#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub products: usize,
    pub orders: usize,
}

/// One page, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub what: &'static str,
    by: By,
    pub within_ms: f64,
}

impl Page {
    /// How heavy it may be; what programs read has no bound.
    pub fn bytes_max(&self) -> Option<usize> {
        let is_for_programs =
            ["/api/", "/sitemap", "/readyz"].iter().any(|one| self.what.starts_with(one));
        (!is_for_programs).then_some(100 * 1_024)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Nobody,
    Customer,
    Staff,
}

/// How one page was answered, or why it was not.
pub struct Visited {
    pub page: Page,
    pub answered: Result<(Borne, usize)>,
}

/// What a shop that has grown was seen to do.
pub struct Seen {
    pub visited: Vec<Visited>,
    /// How long the first one who looked at the profit waited for figures.
    pub counted_in: Duration,
}

/// Who visits, and what there is to see of theirs.
struct Visitor {
    account: String,
    /// Lines of the request by which they are known.
    cookie: String,
    order: String,
    paper: String,
}

/// Who visits, and the product that is looked at.
struct Known {
    product: String,
    customers: Vec<Visitor>,
    staff: Vec<String>,
}

/// Fills a database, serves it, and visits its pages.
pub async fn visit(
    (kind, postgres): (Kind, Option<&str>),
    (binary, watch): (&Path, &Watch),
    size: Size,
    lasts: Duration,
) -> Result<Seen> {
    let ground = Ground::new(kind, postgres).await?;
    let simulator = Simulator::start(size.products, true)?;
    let mut known = grown(&ground, (&simulator, watch), size).await?;
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
    let seen = each(&served, &mut known, lasts).await;
    // Whatever came of it, the program does not go on.
    served.stop().await?;
    ground.remove().await?;
    seen
}

async fn each(served: &Served, known: &mut Known, lasts: Duration) -> Result<Seen> {
    for customer in &mut known.customers {
        customer.order = first_of(served, "/api/orders", &customer.cookie).await?;
        customer.paper = first_of(served, "/api/papers", &customer.cookie).await?;
    }
    let staff = known.staff[0].clone();
    let counted_in = counted(served, "/api/admin/profit", &staff).await?;
    eprintln!("  profit counted in {counted_in:?}");
    // What else takes long is counted before anybody is timed.
    for report in ["books", "trust"] {
        let took = counted(served, &format!("/api/admin/{report}"), &staff).await?;
        eprintln!("  {report} counted in {took:?}");
    }
    let mut visited = Vec::new();
    let only = std::env::var(ONLY).unwrap_or_default();
    for page in pages().filter(|page| page.what.starts_with(&only)) {
        let answered = one(served, page, known, lasts).await;
        eprintln!("  {}: {answered:?}", page.what);
        visited.push(Visited { page, answered });
    }
    Ok(Seen { visited, counted_in })
}

/// Asks for a report until a worker has counted it; how long that took.
async fn counted(served: &Served, path: &str, staff: &str) -> Result<Duration> {
    let mut line = served.line().await?;
    let start = Instant::now();
    loop {
        let answer = line.ask_with(path, staff).await?;
        if answer.status == 200 {
            return Ok(start.elapsed());
        }
        let status = answer.status;
        ensure!(status == 202 && start.elapsed() < COUNT_MAX, "{path} answered {status}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The id of the first of a list.
async fn first_of(served: &Served, path: &str, cookie: &str) -> Result<String> {
    let answer = served.line().await?.ask_with(path, cookie).await?;
    let list: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let id = list.pointer("/items/0/_id").and_then(|id| id.as_str());
    Ok(id.with_context(|| format!("{path} is empty: {list}"))?.to_owned())
}

/// One page, and how many bytes it has. First visits do not count: each connection of the program
/// to a database server makes its own plan of each statement, once, and those that are seldom
/// needed come to it late.
async fn one(
    served: &Served,
    page: Page,
    known: &Known,
    lasts: Duration,
) -> Result<(Borne, usize)> {
    visits(served, page, known, lasts).await?;
    visits(served, page, known, lasts).await
}

/// Over connections that are kept open, each of somebody else.
async fn visits(
    served: &Served,
    page: Page,
    known: &Known,
    lasts: Duration,
) -> Result<(Borne, usize)> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    for (customer, staff) in known.customers.iter().zip(&known.staff) {
        let path = about(page.what, customer, &known.product);
        let who = match page.by {
            By::Nobody => String::new(),
            By::Customer => customer.cookie.clone(),
            By::Staff => staff.clone(),
        };
        let mut line = served.line().await?;
        bytes = good(&mut line, &path, &who).await?;
        lines.push((line, path, who));
    }
    let borne = at_once(lines, lasts, move |(mut line, path, who)| async move {
        good(&mut line, &path, &who).await?;
        Ok((line, path, who))
    });
    Ok((borne.await?, bytes))
}

/// How many bytes came.
async fn good(line: &mut Line, path: &str, who: &str) -> Result<usize> {
    let answer = line.ask_with(path, who).await?;
    ensure!(answer.status == 200, "{path} answered {}", answer.status);
    Ok(answer.body.len())
}

/// A shop with all of its products, orders and customers.
async fn grown(
    ground: &Ground,
    (simulator, watch): (&Simulator, &Watch),
    size: Size,
) -> Result<Known> {
    let db = ground.open().await?;
    let mut shop = Shop::open(db.clone(), simulator).await?;
    let all = shop.engine.list_products(None, i64::MAX).await?;
    ensure!(all.len() == size.products, "{} products", all.len());
    // Those that have room for all copies.
    let wide = all.iter().filter(|shown| shown.package.name.starts_with("45."));
    shop.products = wide.map(|shown| shown.product.id.clone()).collect::<Vec<ProductId>>();
    let originals = books::originals(&shop, watch).await?;
    shop.engine.stop_working();
    ground.fill(&customers(ground, shop.customer.as_str()).await?).await?;
    let copies = size.orders / PACKAGES - 1;
    for mut original in originals {
        eprintln!("  copies of order {} of {PACKAGES} ...", original.nth + 1);
        original.is_spread = true;
        ground.fill(&copied(ground, (&original, copies)).await?).await?;
    }
    let product = shop.products.first().context("no product")?.to_string();
    let mut known = Known { product, customers: Vec::new(), staff: Vec::new() };
    for nth in 1..=VISITORS {
        known.customers.push(customer(&shop, nth).await?);
        known.staff.push(staff(&shop, nth).await?);
    }
    ground.fill("UPDATE paper_series SET given = (SELECT COUNT(*) FROM paper);").await?;
    ground.settle().await?;
    db.close();
    Ok(known)
}

/// The rows of one original under other names: as for the books, and what happened to it.
async fn copied(ground: &Ground, of: (&Original, usize)) -> Result<String> {
    let mut sql = String::new();
    for (table, names) in books::TABLES {
        let mut names = names.to_vec();
        if ["orders", "capture", "paper"].contains(&table) {
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

/// One of the many, signed in; what is theirs is asked for when the shop is open.
async fn customer(shop: &Shop, nth: usize) -> Result<Visitor> {
    let id = shop.customer.as_str();
    let cookie = signed_in(shop, &format!("c{nth:07}@example.org")).await?;
    let account = format!("{}{nth:07}", &id[..id.len() - 7]);
    Ok(Visitor { account, cookie, order: String::new(), paper: String::new() })
}

async fn staff(shop: &Shop, nth: usize) -> Result<String> {
    let email = format!("sue{nth}@example.org");
    let new = NewAccount {
        email: email.clone(),
        name: "Sue".to_owned(),
        role: Role::Admin,
        password: Secret::new(shop::PASSWORD.to_owned()),
    };
    shop.engine.add_account(new, "bench").await?;
    signed_in(shop, &email).await
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
/// how many milliseconds. What is in braces is the visitor's own, or the product. A server's own
/// words are not among them: they are asked of the provider, and not often.
static PAGES: [(By, f64, &[&str]); 7] = [
    (By::Nobody, 20.0, &["/", "/?page=200"]),
    (By::Nobody, 50.0, &["/?q=11.0.99"]),
    (
        By::Staff,
        50.0,
        &[
            "/admin/orders?q=103.181.91&stage=delivered",
            "/admin/orders?q=nobody%40example.com",
            "/admin/orders?q=c00001",
            "/admin/ipStock?q=11.0.99",
            "/admin/customers?q=c00001",
            "/admin/audit?what=change-product",
        ],
    ),
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
            "/admin/attention",
            "/admin/attention?why=unheard",
            "/admin/investigation",
            "/admin/audit",
            "/admin/books",
            "/admin/customers",
            "/admin/customers/{account}",
            "/admin/gateways",
            "/admin/providers",
            "/admin/settings",
            "/admin/staff",
            "/admin/accounts/{account}/statement",
            "/admin/accounts/{account}/leave",
            "/admin/wallets/{account}",
            "/admin/alerts",
            "/admin/byHand",
            "/admin/costs",
            "/admin/coupons",
            "/admin/incident",
            "/admin/ipStock",
            "/admin/ipStock/{product}",
            "/admin/ipStock?show=low",
            "/admin/mails",
            "/admin/mails/texts",
            "/admin/papers",
            "/admin/payments",
            "/admin/payments?state=captured",
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

fn pages() -> impl Iterator<Item = Page> {
    let of = |(by, within_ms, paths): &'static (By, f64, &[&'static str])| {
        paths.iter().map(|what| Page { what, by: *by, within_ms: *within_ms })
    };
    PAGES.iter().flat_map(of)
}

fn about(what: &str, theirs: &Visitor, product: &str) -> String {
    let Visitor { account, order, paper, .. } = theirs;
    let names = [
        ("{order}", order.as_str()),
        ("{product}", product),
        ("{paper}", paper),
        ("{account}", account),
    ];
    names.iter().fold(what.to_owned(), |path, (name, id)| path.replace(name, id))
}
