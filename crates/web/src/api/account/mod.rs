//! One's own account: making it, signing in and out, sessions, and keys for programs.

mod address;
mod billing;
pub(crate) mod keys;
mod me;
mod password;
mod second_factor;
pub(crate) mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;

use engine::permission::Act;
use utoipa_axum::routes;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let own = Rule::may(Act::ManageOwnAccount);
    routes
        .api(Rule::open().secret(), routes!(sign_up::sign_up))
        .api(Rule::open().secret(), routes!(sign_in::sign_in))
        .api(Rule::open().while_acting(), routes!(sign_out::sign_out))
        .api(Rule::signed_in(), routes!(me::me))
        .api(Rule::open(), routes!(address::verify))
        .api(Rule::open(), routes!(address::forgot))
        .api(Rule::open(), routes!(address::reset))
        .api(own, routes!(address::send_again))
        .api(Rule::may(Act::ChangeSignIn), routes!(address::change))
        .api(Rule::signed_in(), routes!(password::prove))
        .api(Rule::may(Act::ChangeSignIn).secret(), routes!(second_factor::begin))
        .api(own.secret(), routes!(second_factor::confirm))
        .api(own.secret(), routes!(second_factor::renew))
        .api(own, routes!(second_factor::end))
        .api(own, routes!(password::change))
        .api(own, routes!(sessions::list))
        .api(own, routes!(sessions::end))
        .api(own, routes!(sessions::end_others))
        .api(own, routes!(keys::list))
        .api(Rule::may(Act::MakeApiKeys).secret(), routes!(keys::create))
        .api(own, routes!(keys::revoke))
        .api(own, routes!(billing::show))
        .api(own, routes!(billing::set))
}
