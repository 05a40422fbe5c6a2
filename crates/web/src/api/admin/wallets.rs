//! Customers' wallets for staff: what is in one, its statement, and giving credit.

use axum::Json;
use axum::extract::State;
use domain::id::AccountId;
use engine::Engine;
use engine::wallet::gift::Gift;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{Amount, List, countable};
use crate::api::wallet::{EntryAnswer, WalletAnswer};
use crate::auth::Me;
use crate::body::{Asked, At, Key, Part, Sent};
use crate::problem::Problem;

/// A customer's wallet
#[utoipa::path(
    get,
    path = "/api/admin/accounts/{id}/wallet",
    tag = "staff",
    params(("id" = String, Path)),
    responses((status = 200, body = WalletAnswer))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    At(account): At<AccountId>,
) -> Result<Json<WalletAnswer>, Problem> {
    engine.wallet_owner(&account).await?;
    Ok(Json(WalletAnswer::of(engine.wallet(&account).await?, engine.top_up_limits())))
}

/// The statement of a customer's wallet, newest first
#[utoipa::path(
    get,
    path = "/api/admin/accounts/{id}/wallet/entries",
    tag = "staff",
    params(("id" = String, Path), Part),
    responses((status = 200, body = List<EntryAnswer>))
)]
pub(crate) async fn entries(
    State(engine): State<Engine>,
    At(account): At<AccountId>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<EntryAnswer>>, Problem> {
    engine.wallet_owner(&account).await?;
    let (limit, after) = (part.limit()?, part.after.as_deref());
    let page = engine.wallet_entries(&account, after, Some(limit.into())).await?;
    Ok(Json(List::of(page, EntryAnswer::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreditWish {
    /// Whole minor units.
    #[schema(example = 10000)]
    amount: i64,
    #[schema(example = "INR")]
    currency: String,
    /// Why; kept in the audit, and never shown to the customer.
    reason: String,
    /// What the customer reads of it.
    public: String,
    /// Tells what would happen, and changes nothing.
    #[serde(default)]
    preview: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credited)]
pub(crate) struct CreditAnswer {
    /// In words; with `preview` what would be done.
    did: Vec<String>,
    /// What the wallet holds then.
    balance: Amount,
}

/// Give credit to a customer
///
/// It is the shop's own expense, and counts once for each `Idempotency-Key`, which it needs.
#[utoipa::path(
    post,
    path = "/api/admin/accounts/{id}/credits",
    tag = "staff",
    params(("id" = String, Path)),
    request_body = CreditWish,
    responses((status = 200, body = CreditAnswer))
)]
pub(crate) async fn credit(
    State(engine): State<Engine>,
    me: Me,
    At(account): At<AccountId>,
    Key(key): Key,
    Sent(wish): Sent<CreditWish>,
) -> Result<Json<CreditAnswer>, Problem> {
    let amount = Amount { amount: countable(wish.amount)?, currency: wish.currency }.money()?;
    let CreditWish { reason, public, preview, .. } = wish;
    let gift = Gift { amount, reason, public, key, preview };
    let given = engine.give_credit(&account, gift, me.actor()).await?;
    Ok(Json(CreditAnswer { did: given.did, balance: given.balance.into() }))
}
