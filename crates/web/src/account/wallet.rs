//! One's own wallet: looking at it, and paying into it.

use axum::extract::State;
use axum::response::Response;
use domain::money::Money;
use engine::Error;
use engine::permission::AccountRef;
use engine::wallet::top_up::Unsettled;
use serde::Deserialize;

use crate::admin::read_money;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around, Behind, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::wallet::{Line, Open, Wallet};
use crate::view::order::way_in;
use crate::view::{Choice, Field, Frame, Here, Said};

/// `/account/wallet`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &me.0, which.after.as_deref()).await?)
}

/// The page as it is before anything was typed.
async fn whole(
    shop: &Shop,
    around: &Around,
    me: &AccountRef,
    after: Option<&str>,
) -> Result<Wallet, Problem> {
    let engine = shop.engine();
    let frame = around.spoken(shop, "wallet-title", Here::Account);
    let part = engine.wallet_entries(&me.id, after, None).await?;
    let (least, most) = engine.top_up_limits();
    let limits = [("least", least.for_people().into()), ("most", most.for_people().into())];
    let next = part.next.map(|next| paths::with_query(paths::WALLET, [("after", &*next)]));
    let open = engine.unsettled_top_ups(&me.id).await?;
    Ok(Wallet {
        balances: engine.wallet(&me.id).await?.iter().map(|money| money.for_people()).collect(),
        open: open.into_iter().map(|payment| opened(payment, &frame)).collect(),
        amount: Field::default(),
        ways: engine
            .gateways()
            .into_iter()
            .map(|name| Choice::of(name, way_in(name, frame.language)))
            .collect(),
        limits: frame.language.say_all("wallet-limits", limits),
        refused: None,
        lines: part.items.iter().map(|entry| Line::of(entry, &frame)).collect(),
        next,
        frame,
    })
}

fn opened(payment: Unsettled, frame: &Frame) -> Open {
    Open {
        amount: payment.amount.for_people(),
        way: way_in(&payment.method, frame.language),
        url: payment.url,
        began: frame.time(payment.began_at),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct TopUp {
    amount: String,
    method: Option<String>,
}

pub(crate) async fn top_up(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(wish): Posted<TopUp>,
) -> Result<Response, Problem> {
    let error = match begun(&shop, &me.0, &wish).await {
        Ok(()) => return Ok(page::on_to_say(paths::WALLET, Said::TopUpOpened)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let mut page = whole(&shop, &around, &me.0, None).await?;
    page.amount = Field::of(&wish.amount);
    let text = around.language().refused(&error);
    match &error {
        Error::Invalid { slug: "invalid-amount", .. } => {
            page.amount.error = Some(text);
        }
        _ => page.refused = Some(text),
    }
    page::show_refused(error, &page)
}

async fn begun(shop: &Shop, me: &AccountRef, wish: &TopUp) -> Result<(), Error> {
    let currency = shop.engine().settings().currency;
    let amount: Money = read_money(&wish.amount, currency)
        .ok_or_else(|| Error::invalid("invalid-amount", "write the amount like 500 or 499.50"))?;
    shop.engine().top_up(&me.id, amount, wish.method.as_deref()).await.map(|_| ())
}
