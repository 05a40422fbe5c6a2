//! One's own account: making it, signing in and out, and keys for programs.

mod keys;
mod me;
mod sign_in;
mod sign_out;
mod sign_up;

use engine::permission::Act;
use utoipa_axum::routes;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .api(Rule::open().secret(), routes!(sign_up::sign_up))
        .api(Rule::open().secret(), routes!(sign_in::sign_in))
        .api(Rule::open(), routes!(sign_out::sign_out))
        .api(Rule::signed_in(), routes!(me::me))
        .api(Rule::may(Act::ManageOwnAccount), routes!(keys::list))
        .api(Rule::may(Act::ManageOwnAccount).secret(), routes!(keys::create))
        .api(Rule::may(Act::ManageOwnAccount), routes!(keys::revoke))
}
