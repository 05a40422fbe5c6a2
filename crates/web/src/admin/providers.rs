//! Providers: how each stands and how far it is to be trusted, its switch, and one question to it.
//! The budget's switch is in `switches.rs`.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use domain::money::Money;
use engine::Error;
use engine::permission::Act;
use engine::report::{Span, Told};
use engine::seller::{Seller, Sellers, Tried, Trust};
use http::Method;

use super::fault::words;
use super::switches::Because;
use crate::api::ProviderName;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::language::Language;
use crate::order::show::RELOAD_S;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::account::Badge;
use crate::view::admin::providers::{Figure, ProviderSheet, ProvidersPage, TestResult};
use crate::view::when::{Zone, span};
use crate::view::{Frame, Here, Said, Tone};

/// Trust is told of so long.
const TRUSTED_OVER: Duration = Duration::from_secs(30 * 24 * 3_600);

pub(super) fn routes(routes: Routes) -> Routes {
    let (look, switch) = (Rule::may(Act::SeeWork), Rule::may(Act::ManageProviders));
    routes
        .page(look, Method::GET, "/admin/providers", get(list))
        .page(switch.long(), Method::POST, "/admin/providers/{id}/test", post(test))
        .page(switch, Method::POST, "/admin/providers/{id}/pause", post(pause))
        .page(switch, Method::POST, "/admin/providers/{id}/resume", post(resume))
}

/// How purchases of the last 30 days went, as it was counted last: until the end of today, so that
/// everybody asks for the same.
pub(crate) async fn trust(shop: &Shop, zone: &Zone) -> Result<Told<Vec<Trust>>, Problem> {
    let today = zone.today(shop.engine().now()).ok_or_else(Problem::internal)?;
    let span = Span { from: today.until - TRUSTED_OVER, until: today.until };
    Ok(shop.engine().trust(span).await?)
}

/// `/admin/providers`
async fn list(State(shop): State<Shop>, around: Around, me: Me) -> Result<Response, Problem> {
    let all = all(&shop, &around, &me).await?;
    let reload_s = all.counted.is_none().then_some(RELOAD_S);
    page::show(&ProvidersPage { frame: Frame { reload_s, ..all.frame }, ..all })
}

async fn all(shop: &Shop, around: &Around, me: &Me) -> Result<ProvidersPage, Problem> {
    let frame = around.frame(shop, "Providers", Here::StaffProviders);
    let told = shop.engine().sellers().await?;
    let trust = trust(shop, &frame.zone).await?;
    let counted = trust.kept.as_ref().map(|kept| frame.time(kept.at));
    let trust = trust.kept.map(|kept| kept.figures).unwrap_or_default();
    let sheet = |seller: &Seller| {
        let trust = trust.iter().find(|trust| trust.provider == seller.id);
        sheet(shop, &told, seller, trust, &frame)
    };
    Ok(ProvidersPage {
        providers: told.sellers.iter().map(sheet).collect(),
        may_switch: me.may(Act::ManageProviders),
        over_budget: told.over_budget.as_deref().map(sentence),
        counted,
        tried: None,
        refused: None,
        frame,
    })
}

fn sheet(
    shop: &Shop,
    all: &Sellers,
    seller: &Seller,
    trust: Option<&Trust>,
    frame: &Frame,
) -> ProviderSheet {
    let is_machine = seller.by_hand.is_none();
    let failing = all.sync_failing.clone().filter(|_| is_machine);
    ProviderSheet {
        id: seller.id.clone(),
        name: seller.by_hand.as_ref().map_or(&seller.id, |known| &known.name).clone(),
        by_hand: !is_machine,
        state: match (&seller.paused, &failing, seller.unheard_in_row) {
            (Some(_), ..) => Badge::of(Tone::Bad, "paused"),
            (None, Some(_), _) => Badge::of(Tone::Warn, "sync fails"),
            (None, None, 0) if is_machine => Badge::of(Tone::Good, "buys"),
            (None, None, 0) => Badge::of(Tone::Good, "on the shelf"),
            (None, None, _) => Badge::of(Tone::Warn, "unheard"),
        },
        paused: seller.paused.as_ref().map(|(at, why)| (frame.time(*at), why.clone())),
        failing,
        facts: facts(shop, all, seller),
        read_at: seller.read_at.map(|at| frame.time(at)),
        sync_at: seller.sync_at.map(|at| frame.time(at)),
        trust: trust.map(|trust| figures(trust, is_machine)).unwrap_or_default(),
    }
}

fn facts(shop: &Shop, all: &Sellers, seller: &Seller) -> Vec<(&'static str, String)> {
    if let Some(known) = &seller.by_hand {
        let due = span(known.due_within, Language::default());
        return vec![("Plans", seller.packages.to_string()), ("Due within", due)];
    }
    let settings = shop.engine().settings();
    let of = |limit: Option<String>| match limit {
        Some(limit) => format!(" of {limit}"),
        None => ", without a limit".to_owned(),
    };
    let row_max = settings.pause_after_unheard.map(|limit| limit.to_string());
    let budget = settings.loss_budget.map(Money::for_people);
    vec![
        ("Packages", seller.packages.to_string()),
        ("Unheard in a row", format!("{}{}", seller.unheard_in_row, of(row_max))),
        ("Strays of 24 hours", format!("{}{}", all.strays.for_people(), of(budget))),
    ]
}

fn figures(trust: &Trust, is_machine: bool) -> Vec<Figure> {
    let plain = |label, count: i64| Figure { label, count: count.to_string(), share: None };
    let bad = |label, count: i64, whole: i64, tone| {
        let tenths = if whole > 0 { count * 1_000 / whole } else { 0 };
        let share = format!("{}.{} %", tenths / 10, tenths % 10);
        let share = (count > 0 && whole > 0).then(|| Badge::of(tone, share));
        Figure { share, ..plain(label, count) }
    };
    let looked = trust.verified + trust.mismatched;
    let mut figures = vec![
        plain("Purchases", trust.purchases),
        plain("Verified", trust.verified),
        bad("Another than sold", trust.mismatched, looked, Tone::Bad),
        bad("Unheard", trust.unheard, trust.purchases, Tone::Warn),
        bad("Refused", trust.refused, trust.purchases, Tone::Plain),
    ];
    // How long people take says nothing of a machine.
    let took = [("Half answered within", trust.half), ("95 % answered within", trust.p95)];
    for (label, took) in took.into_iter().filter(|_| is_machine) {
        figures.extend(took.map(|took| Figure { label, count: seconds(took), share: None }));
    }
    figures
}

/// What takes no whole tenth took some time all the same.
fn seconds(tenths: i64) -> String {
    match tenths {
        0 => "under 0.1 s".to_owned(),
        _ => format!("{}.{} s", tenths / 10, tenths % 10),
    }
}

/// What came of a question, in words.
pub(super) fn result(whom: &str, tried: &Tried) -> TestResult {
    let took = tried.took.as_millis();
    let (tone, text) = match &tried.said {
        Ok(said) => (Tone::Good, format!("Answered in {took} ms: {said}.")),
        Err(why) => (Tone::Bad, format!("Failed after {took} ms: {why}.")),
    };
    TestResult { whom: whom.to_owned(), tone, text }
}

async fn test(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
) -> Result<Response, Problem> {
    let tried = shop.engine().try_provider(&id, me.actor()).await;
    let page = all(&shop, &around, &me).await?;
    match tried {
        Ok(tried) => page::show(&ProvidersPage { tried: Some(result(&id, &tried)), ..page }),
        Err(error) => refused(error, page),
    }
}

fn refused(error: Error, page: ProvidersPage) -> Result<Response, Problem> {
    match error {
        Error::Invalid { .. } | Error::Refused { .. } => {
            let refused = Some(words(&error));
            page::show_refused(error, &ProvidersPage { refused, ..page })
        }
        error => Err(error.into()),
    }
}

async fn pause(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    match shop.engine().pause_provider(&id, &because.reason, me.actor()).await {
        Ok(()) => Ok(page::on_to_say(paths::STAFF_PROVIDERS, Said::Paused)),
        Err(error) => refused(error, all(&shop, &around, &me).await?),
    }
}

async fn resume(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    match shop.engine().resume_provider(&id, &because.reason, me.actor()).await {
        Ok(()) => Ok(page::on_to_say(paths::STAFF_PROVIDERS, Said::Resumed)),
        Err(error) => refused(error, all(&shop, &around, &me).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn nothing_takes_no_time_at_all() {
        assert_eq!(
            [0, 1, 9, 10, 123].map(seconds).join(", "),
            "under 0.1 s, 0.1 s, 0.9 s, 1.0 s, 12.3 s"
        );
    }
}
