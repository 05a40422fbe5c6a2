//! All pages and what each asks of whoever comes. What programs ask is in `api`.

use crate::app::Shop;
use crate::routes::Routes;
use crate::{account, admin, demo, order, shop};

pub(crate) fn routes(routes: Routes, house: &Shop) -> Routes {
    let routes = admin::routes(order::routes(account::routes(shop::routes(routes))));
    // A shop that sells real servers has no buttons for lies.
    if house.app().look.demo.is_some() { demo::routes(routes) } else { routes }
}
