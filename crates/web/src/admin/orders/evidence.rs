//! The evidence of a purchase without a certain outcome, laid out for whoever decides.

use engine::read::{
    AdminOrder, Beside as Package, Evidence as Known, Lists as Found, Other, Witnessed,
};
use engine::remedy::{Fit, Live as Asked};

use crate::app::Shop;
use crate::page::sentence;
use crate::problem::Problem;
use crate::view::admin::evidence::{Beside, Evidence, Lists, Live, Stock};
use crate::view::admin::words::state_in_words;
use crate::view::{Frame, Tone};

/// So many packages are shown of those that changed, and of those that did not: more than any
/// provider has that is known.
const SHOWN_MAX: usize = 2_000;

pub(super) async fn evidence(
    shop: &Shop,
    all: &AdminOrder,
    frame: &Frame,
) -> Result<Vec<Evidence>, Problem> {
    if all.evidence.is_empty() {
        return Ok(Vec::new());
    }
    let lists = shop.engine().lists_around(all).await?;
    let beside = all.evidence.iter().zip(lists);
    Ok(beside.map(|(known, found)| one(known, found, all, frame)).collect())
}

fn one(known: &Known, found: Found, all: &AdminOrder, frame: &Frame) -> Evidence {
    let stock = |witnessed: &Option<Witnessed>| {
        witnessed.as_ref().map_or("unknown".to_owned(), |seen| seen.stock.to_string())
    };
    let attempt = all.attempts.iter().find(|attempt| attempt.id == known.attempt);
    let tail_ends = attempt.and_then(|attempt| attempt.tail_ends_at);
    Evidence {
        attempt: known.attempt.to_string(),
        request: attempt.map(|attempt| attempt.request.clone()).unwrap_or_default(),
        permitted: attempt.and_then(|attempt| attempt.permitted_at).map(|at| frame.time(at)),
        since: known.went_unheard_at.map(|at| frame.time(at)),
        tail_ends: tail_ends.map(|at| frame.time(at)),
        is_listened: tail_ends.is_some_and(|at| at > frame.now),
        before: stock(&known.before),
        now: stock(&known.now),
        lists: lists(found, frame),
        others: known.others.iter().map(|other| beside_it(other, frame)).collect(),
    }
}

fn lists(found: Found, frame: &Frame) -> Lists {
    let missing = match (&found.before, &found.after) {
        (None, _) => Some("The list from before is not kept any more.".to_owned()),
        (_, None) => {
            Some("No list was read since. Sync the catalogue, then look again.".to_owned())
        }
        (Some(before), Some(after)) => before
            .fault
            .as_ref()
            .or(after.fault.as_ref())
            .map(|why| format!("A list of then cannot be read: {why}.")),
    };
    let all = found.changed.len() + found.same.len();
    let rows: Vec<Stock> = found.changed.iter().take(SHOWN_MAX).map(stock).collect();
    let same: Vec<Stock> = found.same.iter().take(SHOWN_MAX).map(stock).collect();
    Lists {
        before: found.before.map(|list| frame.time(list.requested_at)),
        after: found.after.map(|list| frame.time(list.requested_at)),
        missing,
        more: all - rows.len() - same.len(),
        rows,
        same,
    }
}

fn stock(changed: &Package) -> Stock {
    let count = |stock: Option<i64>| stock.map_or("not listed".to_owned(), |n| n.to_string());
    let change = match changed.before.zip(changed.after).map(|(before, after)| after - before) {
        None => String::new(),
        Some(0) => "none".to_owned(),
        Some(more @ 1..) => format!("+{more}"),
        Some(less) => format!("−{}", less.unsigned_abs()),
    };
    Stock {
        package: format!("{} (PID {})", changed.name, changed.pid),
        before: count(changed.before),
        after: count(changed.after),
        change,
        is_asked: changed.is_asked,
        fell_by_one: changed.fell_by_one(),
    }
}

fn beside_it(other: &Other, frame: &Frame) -> Beside {
    Beside {
        order: other.order.to_string(),
        number: other.number.clone(),
        bought: format!("{} with {}", other.package_name, other.ram),
        is_of_same: other.is_of_same,
        permit: other.attempt.to_string(),
        state: state_in_words(other.state.as_str()),
        permitted: other.permitted_at.map(|at| frame.time(at)),
    }
}

/// What the provider said a moment ago.
pub(super) fn live(asked: Asked) -> Live {
    let is_doubtful = asked.fit.is_doubtful();
    let tone = match asked.fit {
        Fit::Fits => Tone::Good,
        Fit::NotYet | Fit::Unknown => Tone::Warn,
        Fit::Differs => Tone::Bad,
    };
    let (address, why) = (asked.address.to_string(), sentence(&asked.why));
    Live { address, tone, why, told: asked.told, is_doubtful }
}

/// What follows when somebody says that a purchase bought nothing.
pub(super) fn consequences(all: &AdminOrder, frame: &Frame) -> Vec<String> {
    let Some(known) = all.evidence.first() else { return Vec::new() };
    let attempt = all.attempts.iter().find(|attempt| attempt.id == known.attempt);
    let tail = attempt.and_then(|attempt| attempt.tail_ends_at).map(|at| frame.time(at).exact);
    let waited = match tail {
        Some(at) => format!("Its answer was waited for until {at}; nobody waits for it any more."),
        None => "Nobody waits for its answer any more.".to_owned(),
    };
    vec![
        waited,
        "Where the order still waits for it, the same is bought again at once, under a new \
         permit. If the first did buy after all, we pay for two servers."
            .to_owned(),
        "To give the money back instead of buying again, choose Refund: the purchase is then given \
         up, and counts as a possible loss until somebody settles it."
            .to_owned(),
        "An answer that comes all the same is kept and read. A server that it names is a stray: \
         ours and nobody's, in quarantine with an alert, and never handed over unchecked."
            .to_owned(),
    ]
}
