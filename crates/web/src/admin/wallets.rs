//! A customer's wallet for staff. Credit is shown first with what it would come to; the second form
//! gives it, once.

use axum::extract::State;
use axum::response::Response;
use domain::id::AccountId;
use engine::Error;
use engine::permission::Act;
use engine::wallet::gift::{Gift, Given};
use serde::Deserialize;

use super::fault::beside;
use super::read_money;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Behind, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::wallet::Line;
use crate::view::admin::wallet::StaffWallet;
use crate::view::{Field, Here, Said};

/// `/admin/wallets/{account}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    At(account): At<AccountId>,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &account, which.after.as_deref()).await?)
}

async fn whole(
    shop: &Shop,
    around: &Around,
    account: &AccountId,
    after: Option<&str>,
) -> Result<StaffWallet, Problem> {
    let engine = shop.engine();
    let frame = around.frame(shop, "A customer's wallet", Here::StaffCustomers);
    let customer = engine.wallet_owner(account).await?;
    let part = engine.wallet_entries(account, after, None).await?;
    let here = paths::staff_wallet(account);
    Ok(StaffWallet {
        id: account.to_string(),
        customer,
        balances: engine.wallet(account).await?.iter().map(|money| money.for_people()).collect(),
        currency: engine.settings().currency.code().to_owned(),
        amount: Field::default(),
        reason: Field::default(),
        public: Field::default(),
        key: page::new_key(shop),
        did: vec![],
        refused: None,
        lines: part.items.iter().map(|entry| Line::of(entry, &frame)).collect(),
        next: part.next.map(|next| paths::with_query(&here, [("after", &*next)])),
        frame,
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Credit {
    amount: String,
    reason: String,
    public: String,
    key: String,
    #[serde(default)]
    preview: String,
}

pub(crate) async fn credit(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(account): At<AccountId>,
    Posted(sent): Posted<Credit>,
) -> Result<Response, Problem> {
    me.must(Act::RemedyValue)?;
    let preview = sent.preview == "true";
    let given = given(&shop, &account, &sent, me.actor()).await;
    if given.is_ok() && !preview {
        return Ok(page::on_to_say(&paths::staff_wallet(&account), Said::Done));
    }
    let mut page = whole(&shop, &around, &account, None).await?;
    page.amount = Field::of(&sent.amount);
    page.reason = Field::of(&sent.reason);
    page.public = Field::of(&sent.public);
    page.key.clone_from(&sent.key);
    match given {
        Ok(Given { did, .. }) => {
            page.did = did;
            page::show(&page)
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            match error.slug() {
                "invalid-amount" | "wrong-currency" => page.amount.error = Some(beside(&error)),
                "invalid-reason" => page.reason.error = Some(beside(&error)),
                "invalid-text" => page.public.error = Some(beside(&error)),
                _ => page.refused = Some(sentence(&error.to_string())),
            }
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn given(
    shop: &Shop,
    account: &AccountId,
    sent: &Credit,
    actor: &str,
) -> Result<Given, Error> {
    let currency = shop.engine().settings().currency;
    let amount = read_money(&sent.amount, currency)
        .ok_or_else(|| Error::invalid("invalid-amount", "write the amount like 100 or 99.50"))?;
    let gift = Gift {
        amount,
        reason: sent.reason.clone(),
        public: sent.public.clone(),
        key: Some(sent.key.clone()).filter(|key| !key.is_empty()),
        preview: sent.preview == "true",
    };
    shop.engine().give_credit(account, gift, actor).await
}
