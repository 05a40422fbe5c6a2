//! What servers cost us, entered by staff: one field for each package and memory.

use axum::extract::State;
use axum::response::Response;
use domain::id::ProductId;
use domain::product::Price;
use engine::Error;
use engine::catalogue::{ProductPatch, Shown};
use engine::permission::Act;
use serde::Deserialize;

use super::fault::words;
use super::orders::{plain_money, read_money};
use super::stock::products;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Behind, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::costs::{Costs, Row};
use crate::view::{Field, Here, Said};

/// So many products stand on one page, which stays below 100 KB.
const PAGE: i64 = 40;

/// `/admin/costs`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    page::show(&table(&shop, &around, &me, which.after.as_deref()).await?)
}

async fn table(
    shop: &Shop,
    around: &Around,
    me: &Me,
    after: Option<&str>,
) -> Result<Costs, Problem> {
    let part = products(shop, after, PAGE).await?;
    Ok(Costs {
        next: part.next.map(|next| paths::with_query(paths::STAFF_COSTS, [("after", &*next)])),
        rows: part.items.iter().flat_map(rows).collect(),
        currency: shop.engine().settings().currency.code().to_owned(),
        may_change: me.may(Act::ManageCatalogue),
        frame: around.frame(shop, "Costs", Here::StaffCosts),
    })
}

fn rows(shown: &Shown) -> Vec<Row> {
    let (product, package) = (&shown.product, &shown.package);
    let row = |price: &Price| Row {
        id: product.id.to_string(),
        product: product.name.clone(),
        package: match package.is_by_hand() {
            true => package.name.clone(),
            false => format!("{} (PID {})", package.name, package.pid),
        },
        memory: price.ram.to_string(),
        price: price.price.for_people(),
        cost: Field::of(price.cost.map(plain_money).unwrap_or_default()),
    };
    product.prices.iter().map(row).collect()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Entered {
    memory: String,
    /// Empty: not known.
    cost: String,
}

pub(crate) async fn set(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(entered): Posted<Entered>,
) -> Result<Response, Problem> {
    let done = async {
        let currency = shop.engine().settings().currency;
        let cost = match entered.cost.trim() {
            "" => None,
            text => Some(read_money(text, currency).ok_or_else(|| {
                Error::invalid("invalid-product", "write the cost like 420 or 420.50")
            })?),
        };
        let costs = Some(vec![(entered.memory.clone(), cost)]);
        let patch = ProductPatch { costs, ..ProductPatch::default() };
        shop.engine().change_product(&id, patch, me.actor()).await
    };
    match done.await {
        Ok(_) => Ok(page::on_to_say(paths::STAFF_COSTS, Said::Done)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            // The page begins before this product, wherever it stands.
            let mut page = table(&shop, &around, &me, None).await?;
            let text = words(&error);
            let shown = shop.engine().product(&id).await?;
            page.rows.retain(|row| row.id != id.as_str());
            page.rows.splice(0..0, rows(&shown));
            for row in page.rows.iter_mut().filter(|row| row.id == id.as_str()) {
                if row.memory == entered.memory {
                    row.cost = Field::wrong(&entered.cost, &text);
                }
            }
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}
