//! The settings in force, as `berth config --json` lists them: of secrets only that they are set.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Shop;
use crate::view::admin::settings::Setting;

/// One setting as it stands in the process that answers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Setting)]
struct SettingAnswer {
    env: String,
    toml: String,
    /// Null where nothing is set, and of every secret.
    value: Option<String>,
    is_set: bool,
    /// `default`, `file`, `environment` or `program`.
    source: &'static str,
    /// The line in the file, where it came from there.
    line: Option<usize>,
    secret: bool,
    /// What it means that nothing is set.
    unset: Option<String>,
    help: String,
    unit: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsAnswer {
    /// The file that they were read from, beside the environment.
    file: Option<String>,
    settings: Vec<SettingAnswer>,
}

/// Settings in force
#[utoipa::path(
    get,
    path = "/api/admin/settings",
    tag = "staff",
    responses((status = 200, body = SettingsAnswer))
)]
pub(crate) async fn list(State(shop): State<Shop>) -> Json<SettingsAnswer> {
    let in_force = &shop.app().in_force;
    let one = |setting: &Setting| SettingAnswer {
        env: setting.env.clone(),
        toml: setting.path.clone(),
        value: setting.value.clone(),
        is_set: setting.is_set,
        source: setting.source,
        line: setting.line,
        secret: setting.is_secret,
        unset: setting.unset.clone(),
        help: setting.help.clone(),
        unit: setting.unit.clone(),
    };
    let settings = in_force.settings.iter().map(one).collect();
    Json(SettingsAnswer { file: in_force.file.clone(), settings })
}
