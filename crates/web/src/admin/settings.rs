//! The settings in force, each explained. Nothing is set here: what pages can change is linked.

use axum::extract::State;
use axum::response::Response;

use crate::app::Shop;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::Here;
use crate::view::admin::settings::SettingsPage;

/// `/admin/settings`
pub(crate) async fn show(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    let in_force = &shop.app().in_force;
    page::show(&SettingsPage {
        frame: around.frame(&shop, "Settings", Here::StaffSettings),
        file: in_force.file.clone(),
        sections: in_force.sections(),
    })
}
