//! Ten times as many orders as a process takes, for as long as is asked: what is too much is told
//! so, memory stays where it was, workers go on, and afterwards everything is as before.
//! `cargo xtask overload` runs it, and those who abuse, optimised and for a minute.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

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
const TIMES: f64 = 10.0;
const SENDS_EVERY: Duration = Duration::from_millis(1);
/// Several times as many as the process keeps waiting.
const WAITING_MAX: usize = 1_000;
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

/// Orders by so many lines, each as soon as the one before is answered.
async fn ordered(serve: &Serve, requests: &[Vec<u8>], lines: usize, lasts: Duration) -> Heard {
    let heard = Mutex::new(Heard::default());
    let began = Instant::now();
    let ordering = (0..lines).map(|number| {
        let (heard, request) = (&heard, &requests[number % requests.len()]);
        async move {
            let mut line = None;
            while began.elapsed() < lasts {
                line = asks(line, serve.address(), request, heard).await;
            }
        }
    });
    join_all(ordering).await;
    heard.into_inner().unwrap()
}

/// So many orders a second, however long the answers take, as long as the machine sends so many.
async fn flooded(serve: &Serve, requests: &[Vec<u8>], each_second: f64, lasts: Duration) -> Heard {
    let heard = Mutex::new(Heard::default());
    let began = Instant::now();
    let mut next = tokio::time::interval(SENDS_EVERY);
    let (mut came, mut free, mut asking) = (0, VecDeque::new(), FuturesUnordered::new());
    while began.elapsed() < lasts {
        tokio::select! {
            _ = next.tick() => {
                let due = (began.elapsed().as_secs_f64() * each_second) as usize;
                let room = WAITING_MAX - asking.len();
                for number in (came..due).take(room) {
                    let request = &requests[number % requests.len()];
                    // The longest free: the shop ends a line that says nothing for long.
                    let line = free.pop_front();
                    asking.push(asks(line, serve.address(), request, &heard));
                }
                came = due;
            }
            Some(line) = asking.next() => free.extend(line),
        }
    }
    drop(asking.collect::<Vec<_>>().await);
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
    (reply.header("connection") != Some("close")).then_some(line)
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

/// What a flood came to.
struct Flood {
    /// Orders a second before it.
    sustained: f64,
    heard: Heard,
    lasted: Duration,
    before_kib: u64,
    peak_kib: u64,
    bought_after: Duration,
    /// So long until an order was taken as before.
    back_after: Duration,
}

impl Flood {
    fn tell(&self) {
        let Flood { sustained, heard, lasted, bought_after, back_after, .. } = self;
        let [came, taken] =
            [heard.all(), heard.with(201)].map(|count| count as f64 / lasted.as_secs_f64());
        let times = came / sustained;
        println!("sustained: {sustained:.0} orders a second");
        println!("for {lasted:.1?} {times:.1} times as many, {came:.0} a second; taken {taken:.0}");
        println!("{heard:?}");
        let [before, peak] = [self.before_kib, self.peak_kib].map(|kib| kib / 1024);
        println!("{before} MiB before, {peak} at most");
        println!("paid ones bought after {bought_after:.1?}; as before after {back_after:.1?}");
    }

    fn judge(&self) {
        let heard = &self.heard;
        assert!(heard.with(503) + heard.with(429) > heard.with(201), "{heard:?}");
        assert_eq!((heard.without_a_time, heard.silent), (0, 0), "{heard:?}");
        let known = [201, 429, 503];
        assert!(heard.by_status.keys().all(|status| known.contains(status)), "{heard:?}");
        let (before, peak) = (self.before_kib, self.peak_kib);
        assert!(peak < before + MEMORY_KIB, "{before} KiB became {peak}");
        assert!(self.back_after < BACK_WITHIN, "{:?}", self.back_after);
    }
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

    let usual = ordered(&serve, &requests, AT_WORK, SUSTAINED_FOR).await;
    let sustained = usual.with(201) as f64 / SUSTAINED_FOR.as_secs_f64();
    let before_kib = serve.memory_kib();
    let unpaid = join_all((0..PAID).map(|_| desk.try_to_order(&product))).await;
    let unpaid: Vec<_> = unpaid.into_iter().map(super::desk::Answer::good).collect();

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
    let began = Instant::now();
    let (heard, peak_kib, bought_after) = tokio::join!(
        flooded(&serve, &requests, TIMES * sustained, lasts),
        peak_kib(&serve, lasts),
        tokio::time::timeout(lasts, paying),
    );
    let bought_after = bought_after.expect("workers go on meanwhile");
    let (lasted, over) = (began.elapsed(), Instant::now());
    let created = until("an order as before", async || {
        Some(desk.try_to_order(&product).await).filter(|answer| answer.status == 201)
    })
    .await;
    let back_after = over.elapsed();

    let flood = Flood { sustained, heard, lasted, before_kib, peak_kib, bought_after, back_after };
    flood.tell();
    flood.judge();
    let mut orders: Vec<String> = unpaid.iter().map(id_of).collect();
    orders.push(desk.pay(&created.good()).await);
    join_all(orders.iter().map(|order| desk.until_provisioning(order, &["active"]))).await;
    shop.each_was_bought_and_delivered_once(&desk, &orders).await;
    shop.books_add_up("data").await;
}
