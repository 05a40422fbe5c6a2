//! Whose cart a request is about, and what becomes of a visitor's when they sign in.
//! Not for its pages: those are in `shop/cart.rs`, and for programs in `api/cart.rs`.

use axum::response::Response;
use engine::cart::Whose;
use engine::permission::Visitor;
use engine::secret::Secret;
use engine::session::SignedIn;
use http::{HeaderMap, HeaderValue, header};

use crate::app::Shop;
use crate::auth;

/// A customer's own, or that of whoever holds the cookie; none where neither came.
pub(crate) fn whose(visitor: &Visitor, headers: &HeaderMap) -> Option<Whose> {
    match visitor.account() {
        Some(account) => Some(Whose::Customer(account.id.clone())),
        None => auth::cart_token(headers).map(Whose::Visitor),
    }
}

/// Lets a visitor's browser find its cart from now on.
pub(crate) fn kept(mut response: Response, shop: &Shop, token: Option<&Secret>) -> Response {
    let cookie = token.and_then(|token| auth::cart_cookie(token, shop.is_secure()));
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// A visitor's cart, once it is a customer's.
#[derive(Default)]
pub(crate) struct Joined {
    /// There would have been more than ten of something.
    pub is_capped: bool,
    /// The browser need not keep what the customer has.
    pub cookie: Option<HeaderValue>,
}

/// What a visitor has chosen comes along when they sign in.
pub(crate) async fn joined(shop: &Shop, headers: &HeaderMap, session: &SignedIn) -> Joined {
    let Some(token) = auth::cart_token(headers) else { return Joined::default() };
    match shop.engine().join_carts(&token, &session.account).await {
        Ok(is_capped) => Joined { is_capped, cookie: auth::no_cart_cookie(shop.is_secure()) },
        // Nobody is kept out for it; the browser keeps its cart for the next time.
        Err(error) => {
            tracing::warn!("a visitor's cart stays where it is: {error}");
            Joined::default()
        }
    }
}
