//! People who take up room: they send a byte at a time, send more than anybody reads, or come by
//! the thousand and say nothing. Customers are served meanwhile, and nothing is started again.

use std::time::Duration;

use berth::machine::open_files_max;
use futures_util::future::join_all;

use super::desk::{Desk, until};
use super::line::{Line, head, posted};
use super::serve::Serve;
use super::shop::{Keys, SOLD, Shop};

const DRIP: Duration = Duration::from_millis(500);
/// More than the requests that are worked on at once.
const DRIPPING: usize = 300;
/// Longer than a head or a body may take.
const CUT_OFF_WITHIN: Duration = Duration::from_secs(30);
/// No more than this may be held for any of them.
const MEMORY_KIB: u64 = 128 * 1024;

struct Open {
    shop: Shop,
    keys: Keys,
    serve: Serve,
}

async fn open() -> Open {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let serve = shop.serve("data").await;
    Desk::at(&serve, &keys).product(SOLD).await;
    Open { shop, keys, serve }
}

impl Open {
    /// A customer comes, and gets what they came for.
    async fn serves(&self) {
        let desk = Desk::at(&self.serve, &self.keys);
        let order = desk.buy(SOLD).await;
        desk.until_provisioning(&order, &["active"]).await;
        self.shop.books_add_up("data").await;
    }
}

/// Says a request byte by byte until somebody answers or hangs up.
async fn drips(serve: &Serve, first: &[u8], rest: &[u8]) -> Option<u16> {
    let mut line = Line::to(serve).await;
    line.say(first).await.unwrap();
    let waiting = async {
        // Whoever hangs up has said why, or nothing.
        _ = line.drip(rest, DRIP).await;
        line.reply().await.map(|reply| reply.status)
    };
    tokio::time::timeout(CUT_OFF_WITHIN, waiting).await.expect("a slow sender is cut off")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_a_byte_at_a_time_is_cut_off_and_keeps_nobody_out() {
    let open = open().await;
    let memory = open.serve.memory_kib();
    let request = posted("/api/createOrder", &open.keys.customer, &" ".repeat(1_000));
    let begun = head("/api/createOrder", &open.keys.customer, 1_000);
    let heads = join_all((0..DRIPPING).map(|_| drips(&open.serve, b"", &request)));
    let body = [b' '; 1_000];
    let bodies = join_all((0..DRIPPING).map(|_| drips(&open.serve, begun.as_bytes(), &body)));
    let (heads, bodies, ()) = tokio::join!(heads, bodies, open.serves());
    assert!(heads.iter().all(Option::is_none), "{heads:?}");
    assert!(bodies.iter().all(|status| *status == Some(408)), "{bodies:?}");
    let more = open.serve.memory_kib().saturating_sub(memory);
    println!("{} who drip cost {} MiB", 2 * DRIPPING, more / 1024);
    assert!(more < MEMORY_KIB, "{more} KiB more");
    open.serves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_end_is_cut_off_and_costs_no_memory() {
    const MIB: usize = 1 << 20;
    let open = open().await;
    let memory = open.serve.memory_kib();
    let piece = vec![b' '; MIB];
    // Whoever has said all of it reads why it was refused.
    let mut line = Line::to(&open.serve).await;
    line.say(head("/api/createOrder", &open.keys.customer, MIB).as_bytes()).await.unwrap();
    line.say(&piece).await.unwrap();
    let reply = line.reply().await.unwrap();
    assert_eq!((reply.status, reply.slug().as_str()), (413, "too-large"), "{reply:?}");
    let floods = (0..50).map(|_| async {
        let mut line = Line::to(&open.serve).await;
        let head = head("/api/createOrder", &open.keys.customer, 1_000 * MIB);
        line.say(head.as_bytes()).await.unwrap();
        let mut said = 0;
        while line.say(&piece).await.is_ok() {
            said += 1;
            assert!(said < 100, "{said} MiB were taken");
        }
    });
    tokio::join!(join_all(floods), open.serves());
    let more = open.serve.memory_kib().saturating_sub(memory);
    println!("50 bodies without end cost {} MiB", more / 1024);
    assert!(more < MEMORY_KIB, "{more} KiB more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_who_say_nothing_keep_nobody_out() {
    let open = open().await;
    let idle = 3_000.min(open_files_max() / 2);
    let memory = open.serve.memory_kib();
    let mut lines = Vec::new();
    // One by one: the machine forgets some of those who knock all at once.
    while lines.len() < idle {
        lines.push(Line::to(&open.serve).await);
    }
    open.serves().await;
    let more = open.serve.memory_kib().saturating_sub(memory);
    println!("{idle} idle connections cost {} MiB", more / 1024);
    assert!(more < MEMORY_KIB, "{more} KiB more");
    let all_ended = join_all(lines.iter_mut().map(Line::ended));
    let ended = tokio::time::timeout(CUT_OFF_WITHIN, all_ended).await;
    assert!(ended.is_ok(), "whoever says nothing is let go");
    open.serves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_no_seat_is_told_to_come_again_and_can() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let serve = shop.serve_with_few_files("data", 400).await;
    let desk = Desk::at(&serve, &keys);
    desk.product(SOLD).await;
    // All seats, of which this desk's own connections hold some, and a few more.
    let lines = join_all((0..160).map(|_| Line::to(&serve))).await;
    let refused = until("somebody who finds no seat", async || {
        let mut line = Line::to(&serve).await;
        line.say(b"GET /api/ipstock HTTP/1.1\r\nhost: shop\r\n\r\n").await.ok()?;
        line.reply().await.filter(|reply| reply.status == 503)
    })
    .await;
    assert_eq!(refused.slug(), "overloaded", "{refused:?}");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    drop(lines);
    let open = Open { shop, keys, serve };
    open.serves().await;
}
