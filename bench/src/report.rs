//! Runs all measurements one after the other, the house's and the yardstick's in turn, so that a
//! busy neighbour on the machine slows both; of several rounds the middle ratio counts.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::child::{Found, Task, What};
use crate::crowd::{self, Seen, Visited};
use crate::load::Borne;
use crate::papers::{self, Taken};
use crate::place::Kind;
use crate::table::Table;
use crate::watch::Watch;
use crate::web;
use crate::webhooks;

/// How long everything takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// For figures.
    Full,
    /// Only to see that it runs.
    Quick,
}

impl Length {
    fn rounds(self) -> usize {
        if self == Length::Full { 3 } else { 1 }
    }

    fn lasts_ms(self) -> u64 {
        if self == Length::Full { 4_000 } else { 500 }
    }

    fn orders(self) -> usize {
        if self == Length::Full { 1_000_000 } else { 10_000 }
    }

    fn crowd(self) -> crowd::Size {
        match self {
            Length::Full => crowd::Size { products: 10_000, orders: 1_000_000 },
            Length::Quick => crowd::Size { products: 200, orders: 10_000 },
        }
    }

    fn packages(self) -> usize {
        if self == Length::Full { 100_000 } else { 5_000 }
    }
}

/// Narrows a run to one database, by its name.
const ON: &str = "BENCH_ON";

/// Where things are.
pub struct Given<'a> {
    pub postgres: Option<&'a str>,
    pub binary: Option<&'a Path>,
    pub length: Length,
}

impl Given<'_> {
    fn kinds(&self) -> Vec<Kind> {
        let on = std::env::var(ON).unwrap_or_default();
        let there = |kind: &Kind| {
            (*kind == Kind::Sqlite || self.postgres.is_some()) && kind.name().starts_with(&on)
        };
        Kind::BOTH.into_iter().filter(there).collect()
    }

    fn task(&self, what: What, kind: Kind, at_once: usize) -> Task {
        Task {
            what,
            kind,
            at_once,
            lasts_ms: self.length.lasts_ms(),
            size: self.length.packages(),
            postgres: self.postgres.map(str::to_owned),
        }
    }
}

/// House, yardstick and the database at its best, of one round.
struct Round {
    house: Found,
    raw: Found,
    best: Found,
}

pub fn print(given: &Given<'_>, part: Option<&str>) -> Result<()> {
    let mut table = Table::default();
    let wanted = |name: &str| part.is_none_or(|part| part == name);
    if wanted("orders") {
        given.kinds().into_iter().try_for_each(|kind| orders(given, kind, &mut table))?;
    }
    if wanted("sync") {
        given.kinds().into_iter().try_for_each(|kind| catalogue(given, kind, &mut table))?;
    }
    if wanted("papers") {
        papers(given, &mut table)?;
    }
    if wanted("books") {
        given.kinds().into_iter().try_for_each(|kind| books(given, kind, &mut table))?;
    }
    if let (true, Some(binary)) = (wanted("webhooks"), given.binary) {
        webhooks(given, binary, &mut table)?;
    }
    if let (true, Some(binary)) = (wanted("web"), given.binary) {
        let lasts = Duration::from_millis(given.length.lasts_ms());
        let measured = web::measure(binary, lasts);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        pages(&runtime.block_on(measured)?, &mut table);
        let (size, watch) = (given.length.crowd(), Watch::listening()?);
        for kind in given.kinds() {
            eprintln!("pages among {} orders, {} ...", size.orders, kind.name());
            let seen = crowd::visit((kind, given.postgres), (binary, &watch), size, lasts / 2);
            crowded(kind, &runtime.block_on(seen)?, &mut table);
        }
    }
    table.print();
    match table.missed() {
        0 => println!("\nEvery aim is met."),
        missed => println!("\n{missed} aims are missed."),
    }
    Ok(())
}

fn papers(given: &Given<'_>, table: &mut Table) -> Result<()> {
    let told = |taken: &Taken| format!("{:.1} ms, p99 {:.1} ms", taken.half, taken.slow);
    let invoice = papers::invoices()?;
    table.aimed("an invoice as PDF", told(&invoice), "< 50 ms", invoice.slow < 50.0);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for kind in given.kinds() {
        let page = runtime.block_on(papers::statement(kind, given.postgres))?;
        let what = format!("{}: first page of a statement of 10,000 rows", kind.name());
        table.aimed(&what, told(&page), "< 20 ms", page.slow < 20.0);
    }
    Ok(())
}

fn books(given: &Given<'_>, kind: Kind, table: &mut Table) -> Result<()> {
    eprintln!("books of {} orders, {} ...", given.length.orders(), kind.name());
    let task = Task { size: given.length.orders(), ..given.task(What::Books, kind, 1) };
    let found = task.run()?;
    let (seconds, memory) = (found.seconds, found.memory_kib as f64 / 1_024.0);
    table.aimed(
        &format!("books over {} orders, {}", found.count, kind.name()),
        format!("{seconds:.1} s, {memory:.0} MB of memory at most"),
        "< 150 MB",
        memory < 150.0,
    );
    Ok(())
}

fn webhooks(given: &Given<'_>, binary: &Path, table: &mut Table) -> Result<()> {
    let lasts = Duration::from_millis(given.length.lasts_ms());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for kind in given.kinds() {
        eprintln!("webhooks, {} ...", kind.name());
        let place = (kind, given.postgres);
        let raw = runtime.block_on(webhooks::raw(place, lasts))?;
        let house = runtime.block_on(webhooks::house(place, binary, lasts))?;
        let ratio = house.per_second / raw.per_second;
        table.aimed(
            &format!("webhooks/s, {}, {} connections", kind.name(), webhooks::CONNECTIONS),
            format!(
                "{:.0} = {ratio:.2} × raw inserts {:.0}, p99 {:.1} ms",
                house.per_second, raw.per_second, house.slow_ms
            ),
            "≥ 0.5 × raw, p99 < 20 ms",
            ratio >= 0.5 && house.slow_ms < 20.0,
        );
    }
    Ok(())
}

fn rounds(given: &Given<'_>, kind: Kind, at_once: usize) -> Result<Vec<Round>> {
    let mut rounds = Vec::new();
    for nth in 1..=given.length.rounds() {
        eprintln!("orders, {}, {at_once} at once, round {nth} ...", kind.name());
        let raw = given.task(What::Raw, kind, at_once).run()?;
        let house = given.task(What::House, kind, at_once).run()?;
        let best = given.task(What::RawAtBest, kind, at_once).run()?;
        rounds.push(Round { house, raw, best });
    }
    Ok(rounds)
}

/// The round whose figure stands in the middle.
fn middle(rounds: &[Round], figure: impl Fn(&Round) -> f64) -> (f64, &Round) {
    let mut sorted: Vec<(f64, &Round)> =
        rounds.iter().map(|round| (figure(round), round)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    sorted[sorted.len() / 2]
}

fn orders(given: &Given<'_>, kind: Kind, table: &mut Table) -> Result<()> {
    let name = kind.name();
    let at_best = match kind {
        Kind::Sqlite => "with shared flushes",
        Kind::Postgres => "in one round trip a commit",
    };
    let mut alone = 0.0;
    for at_once in [1, 8, 32] {
        let rounds = rounds(given, kind, at_once)?;
        let (ratio, round) = middle(&rounds, |r| r.house.per_second() / r.raw.per_second());
        let (house, raw) = (round.house.per_second(), round.raw.per_second());
        let best = round.best.per_second();
        table.aimed(
            &format!("orders/s, {name}, {at_once} at once"),
            format!("{house:.0} = {ratio:.2} × raw {raw:.0} ({best:.0} {at_best})"),
            "≥ 0.5 × raw",
            ratio >= 0.5,
        );
        let (ratio, round) = middle(&rounds, |r| r.house.cpu_ms() / r.raw.cpu_ms());
        let each = |seconds: f64| seconds * 1_000.0 / round.house.count.max(1) as f64;
        table.aimed(
            &format!("CPU per order, {name}, {at_once} at once"),
            format!(
                "{:.2} ms (program {:.2}, database {:.2}) = {ratio:.2} × raw {:.2} ms ({:.2} ms {at_best})",
                round.house.cpu_ms(),
                each(round.house.program),
                each(round.house.database),
                round.raw.cpu_ms(),
                round.best.cpu_ms(),
            ),
            "≤ 2 × raw",
            ratio <= 2.0,
        );
        let [writes, reads, statements] =
            round.house.asked.map(|count| count as f64 / round.house.count.max(1) as f64);
        table.stated(
            &format!("asked of the database per order, {name}, {at_once} at once"),
            format!("{writes:.1} writes, {reads:.1} reads, {statements:.0} statements"),
        );
        if at_once == 1 {
            alone = middle(&rounds, |r| r.raw.per_second()).0;
        }
        if (kind, at_once) == (Kind::Sqlite, 32) {
            let (house, _) = middle(&rounds, |r| r.house.per_second());
            table.aimed(
                "orders/s, SQLite, 32 at once, beside raw one at a time",
                format!("{house:.0} = {:.2} × {alone:.0}", house / alone),
                "≥ 1 × raw alone",
                house >= alone,
            );
            let memory = rounds.iter().map(|r| r.house.memory_kib).max().unwrap_or(0) as f64;
            table.aimed(
                "memory of the engine after these orders, SQLite",
                format!("{:.0} MB", memory / 1_024.0),
                "< 60 MB",
                memory / 1_024.0 < 60.0,
            );
        }
    }
    leaving(given, kind, table)
}

fn leaving(given: &Given<'_>, kind: Kind, table: &mut Table) -> Result<()> {
    eprintln!("payment to request, {} ...", kind.name());
    let mut found = Vec::new();
    for _ in 0..given.length.rounds() {
        found.push(given.task(What::House, kind, 16).run()?.leaving_ms);
    }
    found.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let [half, most, all] = found[found.len() / 2];
    table.aimed(
        &format!("payment booked → request leaving, {}, 16 at once", kind.name()),
        format!("p99 {most:.1} ms (half of them {half:.1}, slowest {all:.1})"),
        "p99 < 50 ms",
        most < 50.0,
    );
    Ok(())
}

fn catalogue(given: &Given<'_>, kind: Kind, table: &mut Table) -> Result<()> {
    let (name, packages) = (kind.name(), given.length.packages());
    eprintln!("sync of {packages} packages, {name} ...");
    let raw = given.task(What::Upsert, kind, 1).run()?;
    let house = given.task(What::Sync, kind, 1).run()?;
    let ratio = house.seconds / raw.seconds;
    table.aimed(
        &format!("first sync of {packages} packages, {name}"),
        format!("{:.1} s = {ratio:.2} × raw upsert {:.1} s", house.seconds, raw.seconds),
        "≤ 2 × raw",
        ratio <= 2.0,
    );
    table.aimed(
        &format!("the same again, nothing changed, {name}"),
        format!("{:.2} s", house.again),
        "< 1 s",
        house.again < 1.0,
    );
    Ok(())
}

/// How each page was answered among very many orders.
fn crowded(kind: Kind, Seen { visited, counted_in }: &Seen, table: &mut Table) {
    let counted_in = format!("{:.1} s, by a worker", counted_in.as_secs_f64());
    table.stated(&format!("profit of the month counted, {}", kind.name()), counted_in);
    for Visited { page, answered } in visited {
        let (figure, met) = match answered {
            Ok((borne, bytes)) => {
                let Borne { per_second, half_ms, slow_ms } = borne;
                let kib = *bytes as f64 / 1_024.0;
                let figure = format!(
                    "{per_second:.0}/s, p50 {half_ms:.1} ms, p99 {slow_ms:.1} ms, {kib:.0} KiB"
                );
                let is_light = page.bytes_max().is_none_or(|most| *bytes <= most);
                (figure, is_light && *slow_ms < page.within_ms)
            }
            Err(error) => (error.to_string(), false),
        };
        let what = format!("GET {}, {}", page.what, kind.name());
        let mut aim = format!("p99 < {:.0} ms", page.within_ms);
        if let Some(most) = page.bytes_max() {
            aim.push_str(&format!(", ≤ {} KiB", most / 1_024));
        }
        table.aimed(&what, figure, &aim, met);
    }
}

fn pages(found: &web::Found, table: &mut Table) {
    for answers in &found.paths {
        let what = format!("GET {}, {} connections", answers.path, web::CONNECTIONS);
        let figure = format!(
            "{:.0}/s, p99 {:.2} ms, {:.1} KiB",
            answers.per_second,
            answers.p99_ms,
            answers.bytes as f64 / 1_024.0
        );
        let (least, aim) = match answers.path {
            web::TWENTY => (10_000.0, "≥ 10,000/s, p99 < 5 ms"),
            web::PAGE => (3_000.0, "≥ 3,000/s, p99 < 5 ms"),
            _ => (0.0, "p99 < 5 ms"),
        };
        let met = answers.per_second >= least && answers.p99_ms < 5.0;
        table.aimed(&what, figure, aim, met);
    }
    let [first, again] = found.ready_ms;
    table.aimed(
        "start to ready",
        format!("{again:.0} ms; the first time, with new tables, {first:.0} ms"),
        "< 200 ms",
        first.max(again) < 200.0,
    );
    let memory = found.memory_mb;
    table.aimed(
        "memory of berth serve after that",
        format!("{memory:.0} MB"),
        "< 60 MB",
        memory < 60.0,
    );
    table.stated("binary", format!("{:.1} MB", found.binary_mb));
}
