//! A person proves who they are, and gets a session.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use engine::Error;
use engine::secret::Secret;
use engine::session::{CodeShown, SignIn, SignedIn};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::time;
use crate::app::Shop;
use crate::auth::{self, Caller};
use crate::body::Sent;
use crate::cart;
use crate::problem::Problem;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInWish {
    #[schema(example = "ada@example.com")]
    email: String,
    password: String,
    /// Of the second factor, where one is on.
    code: Option<String>,
}

/// The session itself travels in the cookie, where no script can read it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignedIn)]
pub(crate) struct SignedInAnswer {
    account: String,
    role: &'static str,
    expires_at: String,
}

impl SignedInAnswer {
    pub fn of(session: &SignedIn) -> SignedInAnswer {
        SignedInAnswer {
            account: session.account.to_string(),
            role: session.role.as_str(),
            expires_at: time(session.expires_at),
        }
    }
}

/// Sign in
#[utoipa::path(
    post,
    path = "/api/account/sign-in",
    tag = "account",
    request_body = SignInWish,
    responses((status = 200, body = SignedInAnswer))
)]
pub(crate) async fn sign_in(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Caller { address, agent }: Caller,
    Sent(wish): Sent<SignInWish>,
) -> Result<impl IntoResponse, Problem> {
    let password = Secret::new(wish.password);
    let code = wish.code.map(Secret::new);
    let wish = SignIn { email: wish.email, password, agent: agent.clone(), address };
    let session = match (shop.engine().sign_in(wish).await, code) {
        (Err(Error::NeedsCode { ticket }), Some(code)) => {
            let shown = CodeShown { ticket, code, agent, address };
            shop.engine().sign_in_by_code(shown).await?
        }
        (done, _) => done?,
    };
    let cookie = auth::cookie(&session, shop.engine().now(), shop.is_secure());
    let joined = cart::joined(&shop, &headers, &session).await;
    let cookies = cookie.into_iter().chain(joined.cookie);
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((cookies, Json(SignedInAnswer::of(&session))))
}
