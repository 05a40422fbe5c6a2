//! Keys for a person's own programs: what each may do, when it was used, and making another. A
//! key is shown in the answer to the press that made it, and never again.

use axum::extract::State;
use axum::response::Response;
use domain::id::ApiKeyId;
use engine::api_key::ApiKey;
use engine::permission::{Role, Scope};

use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At, id_of};
use crate::language::Language;
use crate::page::{self, Around, Behind, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::keys::{Key, Keys, Made, scope_words};
use crate::view::{Choice, Frame, Here, Said};

/// So many keys a page shows.
const SHOWN: u32 = 50;

/// `/account/keys`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let after = which.after.as_deref().map(id_of::<ApiKeyId>).transpose()?;
    let mut keys = shop.engine().list_api_keys(&me.0.id, after, SHOWN + 1).await?;
    let more = keys.len() > SHOWN as usize;
    keys.truncate(SHOWN as usize);
    let next = keys
        .last()
        .filter(|_| more)
        .map(|key| paths::with_query(paths::ACCOUNT_KEYS, [("after", key.id.as_str())]));
    let frame = around.spoken(&shop, "keys-title", Here::Account);
    let keys = keys.iter().map(|key| row(key, &frame)).collect();
    page::show(&Keys { keys, scopes: scopes_of(me.0.role, frame.language), next, frame })
}

fn row(key: &ApiKey, frame: &Frame) -> Key {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    Key {
        id: key.id.to_string(),
        hint: key.hint.clone(),
        scopes: scopes.join(" "),
        made: frame.time(key.created_at),
        used: key.used_at.map(|at| frame.time(at)),
        revoked: key.revoked_at.map(|at| frame.time(at)),
    }
}

/// What a key of somebody can be narrowed to: of no use are powers that they have not.
fn scopes_of(role: Role, language: Language) -> Vec<Choice> {
    let customers = [Scope::OrdersRead, Scope::OrdersWrite, Scope::CredentialsRead];
    let useful = Scope::ALL.into_iter();
    let useful = useful.filter(|scope| role != Role::Customer || customers.contains(scope));
    useful.map(|scope| Choice::of(scope.as_str(), scope_words(scope, language))).collect()
}

/// The fields that were ticked, one for each scope.
pub(crate) async fn make(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(ticked): Posted<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let ticked = ticked.iter().filter(|(name, _)| name == "scope");
    let scopes = ticked.map(|(_, scope)| Scope::parse(scope));
    let scopes = scopes.collect::<engine::Result<Vec<Scope>>>()?;
    let made = shop.engine().create_api_key(&me.0.id, &scopes, me.actor()).await?;
    let frame = around.spoken(&shop, "key-title", Here::Account);
    let said = |scope| scope_words(scope, frame.language);
    page::show(&Made {
        key: made.key.expose().to_owned(),
        scopes: scopes.into_iter().map(said).collect(),
        url: shop.engine().settings().app_url.clone(),
        frame,
    })
}

pub(crate) async fn revoke(
    State(shop): State<Shop>,
    me: Me,
    At(key): At<ApiKeyId>,
) -> Result<Response, Problem> {
    shop.engine().revoke_api_key(&me.0.id, &key, me.actor()).await?;
    Ok(page::on_to_say(paths::ACCOUNT_KEYS, Said::KeyRevoked))
}
