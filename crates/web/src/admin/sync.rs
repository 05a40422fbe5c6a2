//! Bringing the catalogue up to the provider's list: what that would change is shown first and
//! approved of as it was shown; or it is done at once.

use axum::extract::State;
use axum::response::Response;
use domain::catalogue::{Action, brake_limit};
use domain::product::{Held, Product};
use engine::Error;
use engine::sync::{OTHERWISE, SyncReport, SyncResult};
use http::StatusCode;
use serde::Deserialize;

use super::fault::words;
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::admin::sync::{Change, Diff, SyncPage, action_badge};

/// So many changes are listed, which keeps the page below 100 KB; the rest is counted.
const CHANGES_MAX: usize = 100;

#[derive(Debug, Deserialize)]
pub(crate) struct Syncing {
    /// Only look what would change.
    dry: bool,
    /// What somebody was shown, and approves of.
    shown: Option<String>,
}

/// A sync, or a look at what one would do.
pub(crate) async fn sync(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(Syncing { dry, shown }): Posted<Syncing>,
) -> Result<Response, Problem> {
    let by_hand = shop.engine().all_by_hand().await?;
    let page = SyncPage {
        frame: around.frame(&shop, "Sync", Here::StaffStock),
        provider: shop.engine().provider().to_owned(),
        by_hand: by_hand.into_iter().map(|(provider, _)| provider.name).collect(),
        diff: None,
        refused: None,
    };
    let done = match (dry, &shown) {
        (true, _) => return look(&shop, page, None).await,
        (false, Some(shown)) => shop.engine().sync_as_shown(shown, me.actor()).await,
        (false, None) => shop.engine().sync().await,
    };
    shop.shelf().clear();
    match done {
        Ok(report) => page::show(&SyncPage { diff: Some(diff(&report, Run::Done)), ..page }),
        Err(error @ Error::Refused { slug: OTHERWISE, .. }) => look(&shop, page, Some(error)).await,
        Err(error) => unusable(error, page),
    }
}

/// What a sync would do now, and why one that was approved of did not run.
async fn look(shop: &Shop, page: SyncPage, refused: Option<Error>) -> Result<Response, Problem> {
    let report = match shop.engine().sync_dry_run().await {
        Ok(report) => report,
        Err(error) => return unusable(error, page),
    };
    let page = SyncPage { diff: Some(diff(&report, Run::Dry)), ..page };
    match refused {
        None => page::show(&page),
        Some(error) => {
            let refused = Some(words(&error));
            page::show_refused(error, &SyncPage { refused, ..page })
        }
    }
}

/// The provider's list could not be used.
fn unusable(error: Error, page: SyncPage) -> Result<Response, Problem> {
    let Error::Outside(why) = error else { return Err(error.into()) };
    let refused = Some(format!("{}.", sentence(&why)));
    page::show_as(StatusCode::BAD_GATEWAY, &SyncPage { refused, ..page })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Dry,
    Done,
}

fn diff(report: &SyncReport, run: Run) -> Diff {
    let sum = &report.summary;
    let counts = [
        (Action::Created, sum.created),
        (Action::Updated, sum.updated),
        (Action::Fixed, sum.fixed),
        (Action::Disabled, sum.disabled),
        (Action::ReEnabled, sum.re_enabled),
        (Action::Held, sum.held),
        (Action::Unchanged, sum.unchanged),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let mut changed: Vec<&SyncResult> =
        report.results.iter().filter(|result| result.action != Action::Unchanged).collect();
    // What needs a person stands first; what only moves a figure, last.
    changed.sort_by_key(|result| place(result.action));
    Diff {
        approve: (run == Run::Dry).then(|| report.fingerprint()),
        fetched: sum.total_packages,
        took_ms: sum.took_ms,
        counts: counts.map(|(action, count)| (action.as_str().to_owned(), count as u64)).collect(),
        guards: guards(report),
        rows: changed.iter().take(CHANGES_MAX).map(|result| change(result, run)).collect(),
        more: changed.len().saturating_sub(CHANGES_MAX),
    }
}

fn place(action: Action) -> u8 {
    match action {
        Action::Held => 0,
        Action::Disabled => 1,
        Action::Created => 2,
        Action::ReEnabled => 3,
        Action::Fixed => 4,
        Action::Updated => 5,
        Action::Unchanged => 6,
    }
}

/// What keeps a sync from doing more than it does, and what follows from it.
fn guards(report: &SyncReport) -> Vec<String> {
    let sum = &report.summary;
    let because = |held: Held| {
        let held = Some(held.as_str());
        report.results.iter().filter(|result| result.reason == held).count()
    };
    let mut guards = Vec::new();
    if sum.created > 0 {
        let price = |price: &domain::product::Price| {
            format!("{} for {}", price.price.for_people(), price.ram)
        };
        let prices: Vec<String> = Product::default_prices().iter().map(price).collect();
        guards.push(format!("New entries cost {} until staff say otherwise.", prices.join(", ")));
    }
    let braked = because(Held::Brake);
    if braked > 0 {
        let gone = Some("missing_from_api");
        let gone = report.results.iter().filter(|result| result.reason == gone).count();
        guards.push(format!(
            "The brake: {} of {} entries are missing from the list. One sync takes {} of them off \
             sale; {braked} are held until they are listed again or a person lifts the hold.",
            gone + braked,
            sum.total_entries - sum.created,
            brake_limit(sum.total_entries - sum.created),
        ));
    }
    for held in Held::ALL.into_iter().filter(|held| *held != Held::Brake) {
        let count = because(held);
        if count > 0 {
            let words = held.words();
            guards.push(format!("{count} held, not on sale until a person decides: {words}."));
        }
    }
    guards
}

fn change(result: &SyncResult, run: Run) -> Change {
    let is_made = run == Run::Done || result.action != Action::Created;
    Change {
        action: action_badge(result.action.as_str()),
        url: is_made.then(|| format!("{}/{}", paths::STAFF_STOCK, result.id)),
        name: result.name.clone(),
        was_name: result.was_name.clone(),
        pid: result.pid.clone(),
        stock: result.qty,
        was_stock: result.was_qty.filter(|was| *was != result.qty),
        turns: match (result.was_available, result.available) {
            (false, true) => Some("on sale"),
            (true, false) => Some("off sale"),
            _ => None,
        },
        why: result.why().unwrap_or_default(),
    }
}
