//! All pages and what each asks of whoever comes. What programs ask is in `api`.

use crate::app::Shop;
use crate::routes::Routes;
use crate::{account, admin, brand, checkouts, demo, order, papers, server, shop};

pub(crate) fn routes(routes: Routes, house: &Shop) -> Routes {
    let routes = brand::routes(server::routes(account::routes(shop::routes(routes))));
    let routes = checkouts::routes(order::routes(routes));
    let routes = admin::routes(papers::routes(routes));
    // A shop that sells real servers has no buttons for lies.
    if house.app().look.demo.is_some() { demo::routes(routes) } else { routes }
}
