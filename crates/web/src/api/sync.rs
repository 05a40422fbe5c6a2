//! The scheduler asks for a sync. Its body means nothing; its token, or an admin, opens.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::sync::{SyncReport, SyncResult};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Shop;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = SyncReport)]
pub struct SyncAnswer {
    success: bool,
    summary: SummaryAnswer,
    results: Vec<ResultAnswer>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SummaryAnswer {
    created: usize,
    updated: usize,
    disabled: usize,
    re_enabled: usize,
    /// The stored package name had drifted from the provider's.
    fixed: usize,
    /// The brake or an ambiguity keeps it off sale.
    held: usize,
    unchanged: usize,
    took_ms: u64,
    #[serde(rename = "totalPackagesInAPI")]
    total_packages_in_api: usize,
    #[serde(rename = "totalIPStockEntries")]
    total_ip_stock_entries: usize,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ResultAnswer {
    #[schema(example = "re-enabled")]
    action: &'static str,
    id: String,
    pid: String,
    name: String,
    qty: i64,
    available: bool,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was_available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now_available: Option<bool>,
}

impl From<&SyncReport> for SyncAnswer {
    fn from(report: &SyncReport) -> SyncAnswer {
        let sum = &report.summary;
        let summary = SummaryAnswer {
            created: sum.created,
            updated: sum.updated,
            disabled: sum.disabled,
            re_enabled: sum.re_enabled,
            fixed: sum.fixed,
            held: sum.held,
            unchanged: sum.unchanged,
            took_ms: sum.took_ms,
            total_packages_in_api: sum.total_packages,
            total_ip_stock_entries: sum.total_entries,
        };
        let results = report.results.iter().map(ResultAnswer::from).collect();
        SyncAnswer { success: true, summary, results }
    }
}

impl From<&SyncResult> for ResultAnswer {
    fn from(result: &SyncResult) -> ResultAnswer {
        let turned = result.was_available != result.available;
        ResultAnswer {
            action: result.action.as_str(),
            id: result.id.clone(),
            pid: result.pid.clone(),
            name: result.name.clone(),
            qty: result.qty,
            available: result.available,
            status: result.status.clone(),
            reason: result.reason,
            was_available: turned.then_some(result.was_available),
            now_available: turned.then_some(result.available),
        }
    }
}

/// Bring the catalogue up to the provider's list
///
/// Whoever comes while a run is under way gets that run's result. Any body will do.
#[utoipa::path(
    post,
    path = "/api/smartvps/sync",
    tag = "catalogue",
    responses((status = 200, body = SyncAnswer))
)]
pub(crate) async fn sync(
    State(shop): State<Shop>,
    State(engine): State<Engine>,
) -> Result<Json<SyncAnswer>, Problem> {
    let report = engine.sync().await;
    shop.shelf().clear();
    Ok(Json(SyncAnswer::from(&*report?)))
}
