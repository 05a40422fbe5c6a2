//! The counter: what exactly is ordered and promised, and the button. A guest signs up on the way
//! and loses nothing, because what was chosen is in the address.

use axum::extract::State;
use axum::response::Response;
use domain::id::{OrderId, ProductId};
use domain::money::Money;
use engine::Error;
use engine::catalogue::Shown;
use engine::checkout::NewOrder;
use engine::idempotency::Ticket;
use engine::permission::{AccountRef, Act};
use engine::price::{Asked as Prices, Quoted};
use serde::Deserialize;

use super::list::card;
use crate::admin::by_hand::in_words;
use crate::app::Shop;
use crate::body::{Asked, id_of};
use crate::page::{self, Around, Looking, Posted, sentence};
use crate::paths;
use crate::pressed::{self, Form};
use crate::problem::Problem;
use crate::view::bill::Bill;
use crate::view::shop::{Card, Checkout, SizeBill};
use crate::view::{Choice, Field, Here};

/// What this form is called among those that count once.
const ROUTE: &str = "POST /checkout";

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    pub(super) product: String,
    #[serde(default)]
    pub(super) memory: String,
    #[serde(default)]
    pub(super) os: String,
    /// A coupon's.
    #[serde(default)]
    pub(super) code: String,
    /// So much of the wallet at most, in minor units; empty: nothing.
    #[serde(default)]
    wallet: String,
}

/// `/checkout`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let page = counter(&shop, &around, &wanted).await?;
    page::show(&page)
}

async fn counter(shop: &Shop, around: &Around, wanted: &Wanted) -> Result<Checkout, Problem> {
    let shown = sold_here(shop, &wanted.product).await?;
    let mut card = card(&shown);
    if card.sizes.iter().any(|size| size.memory == wanted.memory) {
        for size in &mut card.sizes {
            size.chosen = size.memory == wanted.memory;
        }
    }
    let product = &shown.product.id;
    let next = paths::checkout(product, [&wanted.memory, &wanted.os, &wanted.code]);
    let (code, bills) = priced(shop, around, &card, wanted).await?;
    let wallet = wallet_choice(shop, around, !wanted.wallet.is_empty()).await?;
    Ok(Checkout {
        frame: around.frame(shop, "Your order", Here::Shop),
        card,
        memory: Field::of(&wanted.memory),
        systems: Checkout::systems(&wanted.os),
        os: Field::of(&wanted.os),
        code,
        bills,
        wallet,
        refused: None,
        pid: shown.package.pid.to_string(),
        days: shown.package.days,
        by_hand: shop.engine().due_by_hand(&shown.package).await?.map(in_words),
        key: page::new_key(shop),
        next,
    })
}

/// What a customer's wallet could pay of it, where there is anything in it.
pub(super) async fn wallet_choice(
    shop: &Shop,
    around: &Around,
    chosen: bool,
) -> Result<Option<Choice>, Problem> {
    let Some(account) = around.looking.account() else { return Ok(None) };
    let currency = shop.engine().settings().currency;
    let balances = shop.engine().wallet(&account.id).await?;
    let found = balances.into_iter().find(|one| one.currency == currency && one.minor > 0);
    Ok(found.map(|balance| Choice {
        chosen,
        ..Choice::of(balance.minor.to_string(), balance.for_people())
    }))
}

/// What each size costs with the code, or without it where it is worth nothing here.
async fn priced(
    shop: &Shop,
    around: &Around,
    card: &Card,
    wanted: &Wanted,
) -> Result<(Field, Vec<SizeBill>), Problem> {
    let asked = Prices {
        product: id_of::<ProductId>(&wanted.product)?,
        coupon: Some(wanted.code.clone()),
        account: around.looking.account().map(|account| account.id.clone()),
    };
    let (code, quoted) = match shop.engine().quotes(asked.clone()).await {
        Ok(quoted) => (Field::of(&wanted.code), quoted),
        Err(Error::Invalid { slug: "invalid-coupon", text }) => {
            let why = format!("{}.", sentence(&text));
            let plain = shop.engine().quotes(Prices { coupon: None, ..asked }).await?;
            (Field::wrong(&wanted.code, why), plain)
        }
        Err(error) => return Err(error.into()),
    };
    let is_chosen =
        |memory: &str| card.sizes.iter().any(|size| size.chosen && size.memory == memory);
    let bill = |quoted: Quoted| {
        let memory = quoted.ram.to_string();
        SizeBill { chosen: is_chosen(&memory), memory, bill: Bill::of(&quoted.quote) }
    };
    Ok((code, quoted.into_iter().map(bill).collect()))
}

/// A product that staff published. What they took off does not exist here.
async fn sold_here(shop: &Shop, id: &str) -> Result<Shown, Problem> {
    let shown = shop.engine().product(&id_of::<ProductId>(id)?).await?;
    if shown.product.published { Ok(shown) } else { Err(Problem::missing("product", id)) }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Ordering {
    #[serde(flatten)]
    wanted: Wanted,
    #[serde(default)]
    key: String,
    /// Of a guest: `new`, or `known`.
    #[serde(rename = "as")]
    guest: Option<String>,
}

/// The order is placed, or a guest is led to sign up and back.
pub(crate) async fn order(
    State(shop): State<Shop>,
    around: Around,
    Posted(sent): Posted<Ordering>,
) -> Result<Response, Problem> {
    let Looking(visitor) = &around.looking;
    let Some(account) = visitor.account() else {
        let product = id_of::<ProductId>(&sent.wanted.product)?;
        let Wanted { memory, os, code, .. } = &sent.wanted;
        let back = paths::checkout(&product, [memory, os, code]);
        let known = sent.guest.as_deref() == Some("known");
        return Ok(page::on_to(&if known { paths::login(back) } else { paths::signup(back) }));
    };
    visitor.may(Act::CreateOrder)?;
    match placed(&shop, account, &sent).await {
        Ok(order) => Ok(page::on_to(&paths::order(&order))),
        Err(error) => refused(&shop, &around, &sent.wanted, error).await,
    }
}

/// Places the order once, however often the button was pressed.
async fn placed(shop: &Shop, account: &AccountRef, sent: &Ordering) -> Result<OrderId, Error> {
    let Wanted { product, memory, os, code, wallet } = &sent.wanted;
    let text = format!("{product}\n{memory}\n{os}\n{code}\n{wallet}");
    let form = Form { route: ROUTE, key: &sent.key, text };
    let make = async |ticket| made(shop, account, &sent.wanted, ticket).await;
    pressed::once(shop, &account.id, form, make).await
}

/// What of the wallet may be used, as the page had offered it.
pub(super) fn wallet_of(shop: &Shop, offered: &str) -> Result<Option<Money>, Error> {
    if offered.is_empty() {
        return Ok(None);
    }
    let minor = offered.parse::<i64>().map_err(|_| {
        Error::invalid("invalid-amount", "the form does not say how much of the wallet it may use")
    })?;
    Ok(Some(Money::new(minor, shop.engine().settings().currency)))
}

async fn made(
    shop: &Shop,
    account: &AccountRef,
    wanted: &Wanted,
    ticket: Option<Ticket>,
) -> Result<OrderId, Error> {
    let product = ProductId::parse(&wanted.product)
        .map_err(|_| Error::missing("product", &wanted.product))?;
    let wish = NewOrder {
        account: account.id.clone(),
        product,
        memory: wanted.memory.clone(),
        os: Some(wanted.os.clone()).filter(|os| !os.is_empty()),
        coupon: Some(wanted.code.clone()),
        payment_method: None,
        from_wallet: wallet_of(shop, &wanted.wallet)?,
    };
    match shop.engine().create_order_once(wish, ticket.as_ref()).await {
        Ok((order, _)) => Ok(order.id),
        // The order stands; its page says what became of the payment.
        Err(Error::NoWayToPay { order, .. }) => {
            OrderId::parse(&order).map_err(|error| Error::Bug(error.to_string()))
        }
        Err(error) => Err(error),
    }
}

/// The same page again, with what stands in the way beside its field.
pub(super) async fn refused(
    shop: &Shop,
    around: &Around,
    wanted: &Wanted,
    error: Error,
) -> Result<Response, Problem> {
    let (slug, text) = match &error {
        Error::Refused { slug, text } | Error::Invalid { slug, text } => (*slug, sentence(text)),
        _ => return Err(error.into()),
    };
    let mut page = counter(shop, around, wanted).await?;
    match slug {
        "invalid-memory" | "memory-not-offered" => {
            page.memory = Field::wrong(&wanted.memory, format!("{text}."));
        }
        // The page has asked for the prices itself, and says what is wrong with the code.
        "invalid-coupon" => page.code = Field::wrong(&wanted.code, format!("{text}.")),
        "invalid-os" => page.os = Field::wrong(&wanted.os, format!("{text}.")),
        _ => page.refused = Some(text),
    }
    page::show_refused(error, &page)
}
