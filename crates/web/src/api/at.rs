//! The order that a path names, by its id or its number, for whoever may know of it.
//! Another customer's order does not exist.

use axum::extract::{FromRequestParts, Path};
use domain::id::{CheckoutId, OrderId};
use engine::permission::Act;
use engine::read::Viewer;
use http::request::Parts;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::problem::Problem;

/// An order of one's own; staff may see all.
pub(crate) struct Visible {
    pub id: OrderId,
    pub viewer: Viewer,
    pub me: Me,
}

/// An order whose server one may open: one's own. Whoever sees the orders of others need not be
/// one who may open their servers.
pub(crate) struct Openable {
    pub id: OrderId,
    pub viewer: Viewer,
    pub me: Me,
}

/// An order of one's own, whoever one is.
pub(crate) struct Own {
    pub id: OrderId,
    pub me: Me,
}

/// Any order, for staff.
pub(crate) struct Any {
    pub id: OrderId,
    pub me: Me,
}

/// How somebody sees orders: staff see all, everybody else their own.
pub(crate) fn viewer_of(me: &Me) -> Viewer {
    if me.may(Act::SeeAllOrders) { Viewer::Staff } else { Viewer::Owner(me.0.id.clone()) }
}

/// Finds an order by its id or its number.
pub(crate) async fn find(shop: &Shop, name: &str, viewer: &Viewer) -> Result<OrderId, Problem> {
    let name = name.trim();
    // The id itself is enough for staff: whether it exists is seen when it is used.
    match (OrderId::parse(name), viewer) {
        (Ok(id), Viewer::Staff) => Ok(id),
        _ if is_a_name(name) => Ok(shop.engine().find_order(name, viewer).await?),
        _ => Err(Problem::missing("order", name)),
    }
}

/// What neither an id nor a number can look like is not looked for.
fn is_a_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(plain)
}

async fn me_and_name(parts: &mut Parts, shop: &Shop) -> Result<(Me, String), Problem> {
    let me = Me::from_request_parts(parts, shop).await?;
    let path = Path::<String>::from_request_parts(parts, shop).await;
    let Path(name) = path.map_err(|_| Problem::missing("order", parts.uri.path()))?;
    Ok((me, name))
}

impl FromRequestParts<Shop> for Visible {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Visible, Problem> {
        let (me, name) = me_and_name(parts, shop).await?;
        let viewer = viewer_of(&me);
        // Whoever is shown it is named by `viewer`, whom every question about it is asked for: the
        // order need not be looked for twice.
        let id = match OrderId::parse(name.trim()) {
            Ok(id) => id,
            Err(_) => find(shop, &name, &viewer).await?,
        };
        Ok(Visible { id, viewer, me })
    }
}

impl FromRequestParts<Shop> for Openable {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Openable, Problem> {
        let (me, name) = me_and_name(parts, shop).await?;
        let viewer = match me.may(Act::RevealAnyCredentials) {
            true => viewer_of(&me),
            false => Viewer::Owner(me.0.id.clone()),
        };
        Ok(Openable { id: find(shop, &name, &viewer).await?, viewer, me })
    }
}

impl FromRequestParts<Shop> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Own, Problem> {
        let (me, name) = me_and_name(parts, shop).await?;
        let viewer = Viewer::Owner(me.0.id.clone());
        Ok(Own { id: find(shop, &name, &viewer).await?, me })
    }
}

/// A checkout of one's own, whoever one is.
pub(crate) struct OwnCheckout {
    pub id: CheckoutId,
    pub me: Me,
}

impl FromRequestParts<Shop> for OwnCheckout {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<OwnCheckout, Problem> {
        let me = Me::from_request_parts(parts, shop).await?;
        let At(id) = At::<CheckoutId>::from_request_parts(parts, shop).await?;
        match shop.engine().is_checkout_of(&id, &me.0.id).await? {
            true => Ok(OwnCheckout { id, me }),
            false => Err(Problem::missing("checkout", id.as_str())),
        }
    }
}

impl FromRequestParts<Shop> for Any {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Any, Problem> {
        let (me, name) = me_and_name(parts, shop).await?;
        Ok(Any { id: find(shop, &name, &Viewer::Staff).await?, me })
    }
}
