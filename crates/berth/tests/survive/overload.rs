//! Ten times as many orders as a process takes, for as long as is asked: what is too much is told
//! so, memory stays where it was, workers go on, and afterwards everything is as before.
//! `cargo xtask overload` runs it, and those who abuse, optimised and for a minute.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::crowd::crowd;
use super::desk::{Desk, Who, id_of, receipt, until};
use super::line::{Line, posted};
use super::serve::Serve;
use super::shop::Shop;

const PACKAGE: &str = "103.184";
const CUSTOMERS: usize = 200;
/// As many as a busy shop has at a time; what they get done is what can be sustained.
const AT_WORK: usize = 16;
const SUSTAINED_FOR: Duration = Duration::from_secs(3);
const TIMES: u32 = 10;
/// So many wait for answers at once, more than the process works on.
const AT_ONCE: usize = 600;
/// Paid while everybody else is turned away.
const PAID: usize = 6;
const MEMORY_KIB: u64 = 256 * 1024;
const BACK_WITHIN: Duration = Duration::from_secs(5);
const SECONDS: &str = "OVERLOAD_SECONDS";

/// What came back, by status; those that say "later" without saying when; those without answer.
#[derive(Debug, Default)]
struct Heard {
    by_status: BTreeMap<u16, usize>,
    without_a_time: usize,
    silent: usize,
}

impl Heard {
    fn all(&self) -> usize {
        self.by_status.values().sum::<usize>() + self.silent
    }

    fn with(&self, status: u16) -> usize {
        self.by_status.get(&status).copied().unwrap_or(0)
    }
}

/// Orders by so many lines at once. With a pause each line asks that often, if it can.
async fn ordered(
    serve: &Serve,
    requests: &[Vec<u8>],
    lines: usize,
    pause: Option<Duration>,
    lasts: Duration,
) -> Heard {
    let heard = Mutex::new(Heard::default());
    let began = tokio::time::Instant::now();
    let address = serve.url.trim_start_matches("http://");
    let ordering = (0..lines).map(|number| {
        let (heard, request) = (&heard, &requests[number % requests.len()]);
        async move {
            let pause = pause.unwrap_or(Duration::from_nanos(1));
            let mut next =
                tokio::time::interval_at(began + pause * number as u32 / lines as u32, pause);
            next.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            let mut line = None;
            while began.elapsed() < lasts {
                next.tick().await;
                line = asks(line, address, request, heard).await;
            }
        }
    });
    join_all(ordering).await;
    heard.into_inner().unwrap()
}

/// One request on this line, or on a new one; gives back the line while it is open.
async fn asks(
    line: Option<Line>,
    address: &str,
    request: &[u8],
    heard: &Mutex<Heard>,
) -> Option<Line> {
    let mut line = match line {
        Some(line) => line,
        None => Line::at(address).await.ok()?,
    };
    let reply = match line.say(request).await {
        Ok(()) => line.reply().await,
        Err(_) => None,
    };
    let mut heard = heard.lock().unwrap();
    let Some(reply) = reply else {
        heard.silent += 1;
        return None;
    };
    *heard.by_status.entry(reply.status).or_default() += 1;
    let later = matches!(reply.status, 429 | 503);
    heard.without_a_time += usize::from(later && reply.header("retry-after").is_none());
    Some(line)
}

/// The most that the process held while something went on.
async fn peak_kib(serve: &Serve, lasts: Duration) -> u64 {
    let began = Instant::now();
    let mut next = tokio::time::interval(Duration::from_millis(250));
    let mut peak = 0;
    while began.elapsed() < lasts {
        next.tick().await;
        peak = peak.max(serve.memory_kib());
    }
    peak
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_too_much_is_turned_away_and_what_is_paid_is_bought() {
    let seconds = std::env::var(SECONDS).map_or(10, |text| text.parse().unwrap());
    let lasts = Duration::from_secs(seconds);
    let shop = Shop::in_a_file_selling(&[(PACKAGE, 65_000)]).await;
    let keys = shop.keys("data").await;
    let customers = crowd(&shop, "data", CUSTOMERS).await;
    let serve = shop.serve("data").await;
    let desk = Desk::at(&serve, &keys);
    let product = desk.product(PACKAGE).await;
    let wish = super::desk::wish(&product).to_string();
    let requests: Vec<Vec<u8>> =
        customers.iter().map(|customer| posted("/api/createOrder", &customer.key, &wish)).collect();

    let usual = ordered(&serve, &requests, AT_WORK, None, SUSTAINED_FOR).await;
    let sustained = usual.with(201) as f64 / SUSTAINED_FOR.as_secs_f64();
    let before_kib = serve.memory_kib();
    let unpaid = join_all((0..PAID).map(|_| desk.try_to_order(&product))).await;
    let unpaid: Vec<_> = unpaid.into_iter().map(super::desk::Answer::good).collect();

    let pause = Duration::from_secs_f64(AT_ONCE as f64 / (sustained * f64::from(TIMES)));
    let sold = shop.upstream.sold().len() as u64;
    let paying = async {
        join_all(unpaid.iter().map(|created| async {
            let path = format!("/api/admin/orders/{}/mark-paid", id_of(created));
            let key = format!("pay-{}", id_of(created));
            desk.insist(Who::Staff, &path, &receipt(created), &key).await.good();
        }))
        .await;
        let began = Instant::now();
        shop.upstream.wait_for_sold(sold + PAID as u64).await;
        began.elapsed()
    };
    let (heard, peak_kib, bought_after) = tokio::join!(
        ordered(&serve, &requests, AT_ONCE, Some(pause), lasts),
        peak_kib(&serve, lasts),
        tokio::time::timeout(lasts, paying),
    );
    let over = Instant::now();
    let created = until("an order as before", async || {
        Some(desk.try_to_order(&product).await).filter(|answer| answer.status == 201)
    })
    .await;
    let back_after = over.elapsed();

    let offered = heard.all() as f64 / lasts.as_secs_f64();
    let taken = heard.with(201) as f64 / lasts.as_secs_f64();
    println!("sustained: {sustained:.0} orders a second, {} MiB", before_kib / 1024);
    println!("offered for {seconds} s: {offered:.0} a second, taken {taken:.0}: {heard:?}");
    println!(
        "memory at most {} MiB; bought after {bought_after:?}; as before after {back_after:?}",
        peak_kib / 1024
    );
    assert!(heard.with(503) + heard.with(429) > heard.with(201), "{heard:?}");
    assert_eq!((heard.without_a_time, heard.silent), (0, 0), "{heard:?}");
    let known = [201, 429, 503];
    assert!(heard.by_status.keys().all(|status| known.contains(status)), "{heard:?}");
    assert!(bought_after.is_ok(), "workers did nothing meanwhile");
    assert!(peak_kib < before_kib + MEMORY_KIB, "{before_kib} KiB became {peak_kib}");
    assert!(back_after < BACK_WITHIN, "{back_after:?}");
    let mut orders: Vec<String> = unpaid.iter().map(id_of).collect();
    orders.push(desk.pay(&created.good()).await);
    join_all(orders.iter().map(|order| desk.until_provisioning(order, &["active"]))).await;
    shop.each_was_bought_and_delivered_once(&desk, &orders).await;
    shop.books_add_up("data").await;
}
