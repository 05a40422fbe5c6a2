//! Who sells, as invoices name them: the shop's own address and its number for the tax.

use axum::extract::State;
use axum::response::Response;
use domain::tax::Mode;
use engine::permission::Act;
use engine::{Error, Settings};

use crate::app::Shop;
use crate::auth::Me;
use crate::language::Language;
use crate::page::{self, Around, Posted};
use crate::party::PartySent;
use crate::paths;
use crate::problem::Problem;
use crate::view::party::{PartyForm, Seller};
use crate::view::{Here, Said};

/// `/admin/shop`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    let party = shop.engine().shop_party().await?;
    page::show(&Seller {
        form: PartyForm::of(party.as_ref(), Language::default()),
        is_known: party.is_some(),
        may_change: me.may(Act::ManageShop),
        tax: tax_words(shop.engine().settings()),
        frame: around.frame(&shop, "The shop", Here::StaffShop),
    })
}

pub(crate) async fn set(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(sent): Posted<PartySent>,
) -> Result<Response, Problem> {
    match shop.engine().set_shop_party(&sent.wish(), me.actor()).await {
        Ok(_) => Ok(page::on_to_say(paths::STAFF_SHOP, Said::AddressSaved)),
        Err(error @ Error::Invalid { .. }) => {
            let page = Seller {
                form: sent.refused(Language::default()),
                is_known: true,
                may_change: true,
                tax: tax_words(shop.engine().settings()),
                frame: around.frame(&shop, "The shop", Here::StaffShop),
            };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// The settings in words: they are not changed here.
fn tax_words(settings: &Settings) -> String {
    if settings.tax_rate.is_zero() {
        return "none is taken".to_owned();
    }
    let how = match settings.tax_mode {
        Mode::Exclusive => "on top of prices",
        Mode::Inclusive => "inside prices",
    };
    format!("{} {how}", settings.tax_rate)
}
