//! Putting one product's page together from what the engine tells. Not for changing the product.

use domain::block::Promise;
use domain::product::Price;
use domain::stock::Stock;
use domain::tax::Tax;
use engine::Settings;
use engine::catalogue::{Dossier, Due, HISTORY_DAYS, Shelf as Known, StockHour};
use engine::provider::LISTED_AS;

use super::by_hand::left;
use super::orders::plain_money;
use super::stock::{states, with_clock};
use crate::app::Shop;
use crate::page::Around;
use crate::paths;
use crate::view::account::Badge;
use crate::view::admin::chart::Chart;
use crate::view::admin::product::{
    Change, Day, Details, History, Link, Other, PriceRow, ProductSheet, Shelf, Waits, Warning,
};
use crate::view::block::Block;
use crate::view::when::span;
use crate::view::{Field, Frame, Here, Tone};

pub(super) fn put_together(
    shop: &Shop,
    around: &Around,
    all: &Dossier,
    may_change: bool,
) -> ProductSheet {
    let settings = shop.engine().settings();
    let (product, package) = (&all.shown.product, &all.shown.package);
    let frame = around.frame(shop, product.name.clone(), Here::StaffStock);
    let mut prices: Vec<PriceRow> =
        product.prices.iter().map(|price| priced(price, settings)).collect();
    if may_change {
        prices.push(PriceRow::default());
    }
    ProductSheet {
        id: product.id.to_string(),
        count_at: format!("{}/details", paths::staff_product(&product.id)),
        version: product.version,
        name: product.name.clone(),
        states: states(&all.shown),
        in_shop: product.published.then(|| paths::product(&product.id, &product.name)),
        may_change,
        warnings: warnings(all, &frame),
        held: product.held.map(|held| held.words().to_owned()),
        lift: Field::default(),
        facts: facts(all),
        shelf: all.by_hand.as_ref().map(|known| shelf(known, all, &frame)),
        read_at: (!package.is_by_hand()).then(|| frame.time(all.read_at)),
        published: product.published,
        form: details(all),
        prices,
        currency: settings.currency.code().to_owned(),
        price_error: None,
        link: Link::default(),
        history: history(all, settings.stock_disable_at, &frame),
        namesakes: all.namesakes.iter().map(|other| like(other, all)).collect(),
        changes: all.changes.iter().map(|change| told(change, &frame)).collect(),
        refused: None,
        frame,
    }
}

fn details(all: &Dossier) -> Details {
    let product = &all.shown.product;
    let ranges: Vec<String> = product.cidrs.iter().map(ToString::to_string).collect();
    Details {
        display_name: Field::of(&product.name),
        asks_confirmation: product.name_confirmed
            || product.contradiction(&all.shown.package.name).is_some(),
        confirmed: product.name_confirmed,
        cidrs: Field::of(ranges.join(" ")),
        tags: Field::of(product.tags.join(", ")),
        notes: Field::of(&product.remark),
        is_by_hand: all.by_hand.is_some(),
    }
}

fn warnings(all: &Dossier, frame: &Frame) -> Vec<Warning> {
    let (product, package) = (&all.shown.product, &all.shown.package);
    let warning = |tone, title, text: String| Warning { tone, title, text };
    let mut warnings = Vec::new();
    if let Some(token) = product.contradiction(&package.name) {
        warnings.push(warning(
            Tone::Bad,
            "The name says another block",
            format!(
                "It names {token}, but is bought as {}: every order is refused. Rename it{}, or \
                 confirm that {token} is no address.",
                package.name,
                if package.is_by_hand() { "" } else { ", buy it as another package" }
            ),
        ));
    }
    if let Some(since) = package.missing_since {
        let text =
            format!("The provider's list does not name it since {}.", frame.time(since).text);
        warnings.push(warning(Tone::Bad, "Missing", text));
    }
    if let Promise::Nothing(why) = product.promise(package) {
        let text = format!("Nobody could check a server of it ({why}): give its ranges below.");
        warnings.push(warning(Tone::Warn, "It promises nothing", text));
    }
    if !product.note.is_empty() && product.held.is_none() {
        let text = format!("{}.", with_clock(&product.note, frame));
        warnings.push(warning(Tone::Warn, "Off sale", text));
    }
    let same_name = all.namesakes.iter().filter(|other| other.name == product.name).count();
    if same_name > 0 {
        let text = format!("{same_name} more are called the same; see below.");
        warnings.push(warning(Tone::Warn, "The name stands twice", text));
    }
    warnings
}

fn facts(all: &Dossier) -> Vec<(&'static str, String)> {
    let (product, package, stock) = (&all.shown.product, &all.shown.package, &all.stock);
    let count = |count: i64| match count {
        Stock::NO_END => "no end".to_owned(),
        count => count.to_string(),
    };
    let promises = ("Promises", Block::of(&product.promise(package)).text());
    let mut facts = match package.is_by_hand() {
        true => vec![
            ("Plan", package.name.clone()),
            promises,
            ("In stock", count(stock.free)),
            ("Promised to customers", stock.promised.to_string()),
        ],
        false => vec![
            ("Package", package.name.clone()),
            ("PID", package.pid.to_string()),
            ("Provider", format!("{}, which calls it {}", package.provider, package.status)),
            promises,
            ("Free", count(stock.free)),
            ("Bought, and perhaps still counted as free", stock.taken.to_string()),
            ("Promised to customers", stock.promised.to_string()),
        ],
    };
    if stock.buffer > 0 {
        facts.push(("Never used", stock.buffer.to_string()));
    }
    let saleable = if stock.free == Stock::NO_END { stock.free } else { stock.saleable() };
    facts.push(("Left for new orders", count(saleable)));
    facts.push(("Sold for", format!("{} days", package.days)));
    facts
}

/// What is only said of what staff deliver.
fn shelf(known: &Known, all: &Dossier, frame: &Frame) -> Shelf {
    let waits = |due: &Due| Waits {
        url: paths::staff_order(&due.order),
        number: due.number.clone(),
        due: frame.time(due.due_at),
        overdue: due.due_at < frame.now,
        owner: due.owner.clone(),
    };
    Shelf {
        seller: known.seller.name.clone(),
        seller_url: paths::staff_seller(&known.seller.id),
        due: span(known.seller.due_within, frame.language),
        note: known.seller.note.clone(),
        version: all.shown.product.version.to_string(),
        stock: Field::of(left(&all.shown.package)),
        waiting: known.waiting.iter().map(waits).collect(),
        in_all: known.waiting_in_all,
        all_url: paths::staff_attention_of(LISTED_AS),
    }
}

fn priced(price: &Price, settings: &Settings) -> PriceRow {
    let setup = if price.setup.is_zero() { String::new() } else { plain_money(price.setup) };
    PriceRow {
        memory: price.ram.to_string(),
        price: Field::of(plain_money(price.price)),
        setup: Field::of(setup),
        cost: Field::of(price.cost.map(plain_money).unwrap_or_default()),
        margin: margin(price, settings),
    }
}

/// What is left of a price without its tax, and how much of it that is.
pub(super) fn margin(price: &Price, settings: &Settings) -> Option<(String, Badge)> {
    let tax = Tax::of(settings.tax_rate, settings.tax_mode, None, None);
    let (net, _) = tax.split(price.price.minor);
    let left = net - price.cost?.minor;
    let share = if net == 0 { 0 } else { left * 100 / net };
    let tone = match share {
        ..0 => Tone::Bad,
        0..10 => Tone::Warn,
        _ => Tone::Good,
    };
    let left = domain::money::Money::new(left, price.price.currency).for_people();
    Some((left, Badge::of(tone, format!("{share} %"))))
}

fn history(all: &Dossier, stop_at: i64, frame: &Frame) -> History {
    let since = frame.now - std::time::Duration::from_secs(HISTORY_DAYS * 24 * 3_600);
    let package = &all.shown.package;
    let stop_at = (!package.is_by_hand()).then_some(stop_at);
    let chart = Chart::of(&all.hours, (since, frame.now), package.stock, stop_at.unwrap_or(0));
    History {
        days: HISTORY_DAYS,
        chart: chart.filter(|_| !package.unlimited),
        since: frame.day(since).text,
        stop_at,
        rows: by_day(&all.hours, frame),
    }
}

/// Newest first.
fn by_day(hours: &[StockHour], frame: &Frame) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for hour in hours {
        let name = frame.day(hour.hour).text;
        match days.last_mut().filter(|day| day.day == name) {
            Some(day) => {
                day.lowest = day.lowest.min(hour.lowest);
                day.highest = day.highest.max(hour.highest);
                day.at_end = hour.latest;
            }
            None => days.push(Day {
                day: name,
                lowest: hour.lowest,
                highest: hour.highest,
                at_end: hour.latest,
            }),
        }
    }
    days.reverse();
    days
}

fn like(other: &engine::catalogue::Namesake, all: &Dossier) -> Other {
    let (product, package) = (&all.shown.product, &all.shown.package);
    let same_package = other.pid == package.pid.as_str() && other.package == package.name;
    Other {
        id: other.id.to_string(),
        name: other.name.clone(),
        package: other.package.clone(),
        // A plan without a number of its own goes by its name.
        pid: Some(other.pid.clone()).filter(|pid| *pid != other.package),
        shares: match (other.name == product.name, same_package) {
            (true, true) => "name and package",
            (true, false) => "the name",
            (false, _) => "the package",
        },
    }
}

fn told(change: &engine::audit::AuditRow, frame: &Frame) -> Change {
    Change {
        at: frame.time(change.at),
        actor: change.email.clone().unwrap_or_else(|| change.actor.clone()),
        action: change.action.clone(),
        detail: change.detail.clone(),
    }
}
