//! Whether the books add up: what is not accounted for by name, and the sums. A worker counts
//! them; the page shows what was counted last, and moves while they are counted.

use axum::extract::State;
use axum::response::Response;
use domain::id::AccountId;
use engine::books::{Broken, Checked, Missing, NAMED_MAX};
use serde::Deserialize;

use crate::app::Shop;
use crate::body::Asked;
use crate::order::show::RELOAD_S;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::books::{AccountLine, Books, Row, Sums, stage};
use crate::view::admin::words::in_words;
use crate::view::{Frame, Here};

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    /// The first row that is shown.
    #[serde(default)]
    from: usize,
}

/// `/admin/books`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Books", Here::StaffBooks);
    let told = match which.from {
        0 => shop.engine().books_counted().await?,
        _ => shop.engine().all_books_counted().await?,
    };
    page::show(&Books {
        as_of: told.kept.as_ref().map(|kept| frame.time(kept.at)),
        sums: told.kept.map(|kept| sums(kept.figures, which.from)),
        is_counting: told.is_counting,
        fault: told.fault.map(|(at, why)| (frame.time(at), why)),
        frame: Frame { reload_s: told.is_counting.then_some(RELOAD_S), ..frame },
    })
}

/// Counts the books again, at somebody's wish.
pub(crate) async fn count(State(shop): State<Shop>) -> Result<Response, Problem> {
    shop.engine().count_books_anew().await?;
    Ok(page::on_to(paths::STAFF_BOOKS))
}

fn sums(checked: Checked, from: usize) -> Sums {
    let count: usize = checked.broken.iter().map(|broken| broken.count).sum();
    let next = from.saturating_add(NAMED_MAX);
    let is_more = checked.broken.iter().any(|broken| broken.is_more);
    let some = checked.rows.into_iter().skip(from).take(NAMED_MAX);
    let tally = |(word, count): (String, i64)| (in_words(&word), count);
    Sums {
        count: at_least(count, is_more),
        broken: checked
            .broken
            .iter()
            .map(|broken| (in_words(&broken.kind), many(broken)))
            .collect(),
        rows: some.map(row).collect(),
        next: (next < count).then(|| paths::staff_books(next)),
        accounts: checked.accounts.iter().map(|t| AccountLine::of(&t.account, t.amount)).collect(),
        orders: checked.orders.into_iter().map(|(word, count)| (stage(&word), count)).collect(),
        servers: checked.servers.into_iter().map(tally).collect(),
    }
}

fn many(broken: &Broken) -> String {
    at_least(broken.count, broken.is_more)
}

fn at_least(count: usize, is_more: bool) -> String {
    if is_more { format!("{count} or more") } else { count.to_string() }
}

fn row(Missing { kind, subject, text, order }: Missing) -> Row {
    let wallet = || AccountId::parse(&subject).ok().map(|id| (paths::staff_wallet(&id), "Wallet"));
    let link = match order {
        Some((id, number)) => Some((paths::staff_order(&id), number)),
        None => wallet().map(|(to, label)| (to, label.to_owned())),
    };
    Row { what: in_words(&kind), link, subject, text }
}
