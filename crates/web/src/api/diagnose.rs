//! The five checks of an order: what was sold, what is configured, what the provider lists, what
//! was assigned.

use axum::Json;
use axum::extract::State;
use domain::package::Listed;
use engine::Engine;
use engine::diagnose::{Diagnosed, Diagnosis, Entry};
use engine::read::Viewer;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at::find;
use crate::app::Shop;
use crate::body::Asked;
use crate::problem::Problem;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The order's id or number.
    order_id: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Diagnosis)]
pub struct DiagnosisAnswer {
    order: OrderSide,
    /// What the order's product is today; null when it is gone.
    ip_stock: Option<EntryAnswer>,
    smartvps_config: Option<ConfigAnswer>,
    api_package_found: Option<bool>,
    api_package: Option<PackageAnswer>,
    diagnosis: Findings,
    /// Other entries with the same display name or PID.
    duplicates: Vec<DuplicateAnswer>,
    /// Null when the provider could not be asked.
    all_available_packages: Option<Vec<PackageAnswer>>,
    /// Why the provider could not be asked.
    api_error: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderSide {
    #[serde(rename = "_id")]
    id: String,
    order_number: String,
    product_name: String,
    ip_stock_id: String,
    memory: String,
    /// The newest server's address, delivered or not.
    #[serde(rename = "provisionedIP")]
    provisioned_ip: Option<String>,
    status: &'static str,
    provisioning_status: &'static str,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EntryAnswer {
    #[serde(rename = "_id")]
    id: String,
    display_name: String,
    provider: String,
    available: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConfigAnswer {
    package_pid: String,
    package_name: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DuplicateAnswer {
    #[serde(flatten)]
    entry: EntryAnswer,
    #[serde(flatten)]
    config: ConfigAnswer,
}

#[derive(Serialize, ToSchema)]
struct PackageAnswer {
    id: String,
    name: String,
    /// Free addresses.
    ipv4: i64,
    status: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Findings {
    pid_matches: Option<bool>,
    name_matches: Option<bool>,
    display_name_matches: Option<bool>,
    ip_matches: Option<bool>,
    expected_package_name: String,
    actual_package_name: Option<String>,
    #[schema(example = "✅ Perfect match")]
    issue: String,
}

fn sides(entry: Entry) -> DuplicateAnswer {
    let Entry { id, display_name, provider, available, pid, package_name } = entry;
    DuplicateAnswer {
        entry: EntryAnswer { id: id.to_string(), display_name, provider, available },
        config: ConfigAnswer { package_pid: pid.to_string(), package_name },
    }
}

fn package(row: Listed) -> PackageAnswer {
    let Listed { pid, name, stock, status, .. } = row;
    PackageAnswer { id: pid.to_string(), name, ipv4: stock, status }
}

fn order_side(order: Diagnosed) -> OrderSide {
    OrderSide {
        id: order.id.to_string(),
        order_number: order.number,
        product_name: order.product_name,
        ip_stock_id: order.product.to_string(),
        memory: order.memory.to_string(),
        provisioned_ip: order.provisioned_ip.map(|address| address.to_string()),
        status: order.seen.status.as_str(),
        provisioning_status: order.seen.provisioning.as_str(),
    }
}

impl From<Diagnosis> for DiagnosisAnswer {
    fn from(found: Diagnosis) -> DiagnosisAnswer {
        let entry = found.entry.map(sides).map(|both| (both.entry, both.config));
        let (ip_stock, smartvps_config) = entry.unzip();
        let packages = |rows: Vec<Listed>| rows.into_iter().map(package).collect();
        DiagnosisAnswer {
            order: order_side(found.order),
            ip_stock,
            smartvps_config,
            api_package_found: found.api_package_found,
            api_package: found.api_package.map(package),
            diagnosis: Findings {
                pid_matches: found.diagnosis.pid_matches,
                name_matches: found.diagnosis.name_matches,
                display_name_matches: found.diagnosis.display_name_matches,
                ip_matches: found.diagnosis.ip_matches,
                expected_package_name: found.diagnosis.expected_package_name,
                actual_package_name: found.diagnosis.actual_package_name,
                issue: found.diagnosis.issue,
            },
            duplicates: found.duplicates.into_iter().map(sides).collect(),
            all_available_packages: found.all_available_packages.map(packages),
            api_error: found.api_error,
        }
    }
}

/// Is an order what its customer bought?
///
/// Answers from stored facts, with `apiError` set, when the provider cannot be reached.
#[utoipa::path(
    get,
    path = "/api/dev/check-order-ipstock",
    tag = "staff",
    params(Which),
    responses((status = 200, body = DiagnosisAnswer))
)]
pub(crate) async fn check_order_ipstock(
    State(shop): State<Shop>,
    State(engine): State<Engine>,
    Asked(which): Asked<Which>,
) -> Result<Json<DiagnosisAnswer>, Problem> {
    let id = find(&shop, &which.order_id, &Viewer::Staff).await?;
    Ok(Json(engine.diagnose(id.as_str()).await?.into()))
}
