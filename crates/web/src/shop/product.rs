//! One product: what exactly is promised, what it costs, and ordering it. A guest signs up on the
//! way and loses nothing, because what was chosen is in the address.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
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
use super::window::Item;
use crate::app::Shop;
use crate::body::{Asked, id_of};
use crate::language::Language;
use crate::page::{self, Around, Looking, Posted};
use crate::paths;
use crate::pressed::{self, Form};
use crate::problem::Problem;
use crate::view::bill::Bill;
use crate::view::product::{Page, SizeBill};
use crate::view::shop::Card;
use crate::view::when::span;
use crate::view::{Choice, Field, Frame, Here, Listed};

/// What this form is called among those that count once.
const ROUTE: &str = "POST /checkout";

/// What somebody has chosen of a product.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    pub(super) memory: String,
    pub(super) os: String,
    /// A coupon's.
    pub(super) code: String,
    /// So much of the wallet at most, in minor units; empty: nothing.
    wallet: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    pub(super) product: String,
    #[serde(flatten)]
    pub(super) chosen: Chosen,
}

/// `/products/{id}`, with the product's name behind it or without.
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    path: Result<Path<Vec<String>>, PathRejection>,
    Asked(chosen): Asked<Chosen>,
) -> Result<Response, Problem> {
    let parts = path.map_or_else(|_| Vec::new(), |Path(parts)| parts);
    let product = parts.into_iter().next().unwrap_or_default();
    page::show(&whole(&shop, &around, &Wanted { product, chosen }).await?)
}

/// `/checkout?product=…`, as links of before lead to it.
pub(crate) async fn moved(Asked(wanted): Asked<Wanted>) -> Result<Response, Problem> {
    let Chosen { memory, os, code, .. } = &wanted.chosen;
    let product = id_of::<ProductId>(&wanted.product)?;
    Ok(page::on_to(&paths::product_with(&product, [memory, os, code])))
}

async fn whole(shop: &Shop, around: &Around, wanted: &Wanted) -> Result<Page, Problem> {
    let shown = sold_here(shop, &wanted.product).await?;
    let by_hand = shop.engine().due_by_hand(&shown.package).await?;
    let window = shop.shelf().window(shop.engine()).await?;
    let item = Item::of(shown, window.state);
    let card = card(&item, &wanted.chosen.memory);
    let frame = around.spoken(shop, "product-title", Here::Shop);
    let (code, bills) = priced(shop, around, (&card, frame.language), wanted).await?;
    let Chosen { memory, os, wallet, .. } = &wanted.chosen;
    Ok(Page {
        frame: Frame {
            title: card.name.clone(),
            listed: Some(listed(shop, &card, &bills, frame.language)),
            ..frame.clone()
        },
        memory: Field::of(memory),
        systems: Page::systems(frame.language, os),
        os: Field::of(os),
        code,
        bills,
        wallet: wallet_choice(shop, around, !wallet.is_empty()).await?,
        refused: None,
        pid: item.shown.package.pid.to_string(),
        tags: item.shown.product.tags.clone(),
        by_hand: by_hand.map(|due| span(due, frame.language)),
        key: page::new_key(shop),
        card,
    })
}

/// What search engines and those who share the page tell of it.
fn listed(shop: &Shop, card: &Card, bills: &[SizeBill], language: Language) -> Listed {
    let sizes = || card.sizes.iter().map(|size| size.ram.as_gb());
    let ends = [
        ("block", card.block.words(&language).into()),
        ("least", sizes().min().unwrap_or(0).into()),
        ("most", sizes().max().unwrap_or(0).into()),
        ("price", bills.first().map_or("", |bill| &*bill.bill.total).into()),
        ("days", card.days.into()),
    ];
    Listed {
        description: language.say_all("product-description", ends),
        canonical: paths::whole(&shop.engine().settings().app_url, &card.url),
    }
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
    (card, language): (&Card, Language),
    wanted: &Wanted,
) -> Result<(Field, Vec<SizeBill>), Problem> {
    let asked = Prices {
        product: id_of::<ProductId>(&wanted.product)?,
        coupon: Some(wanted.chosen.code.clone()),
        account: around.looking.account().map(|account| account.id.clone()),
    };
    let (code, quoted) = match shop.engine().quotes(asked.clone()).await {
        Ok(quoted) => (Field::of(&wanted.chosen.code), quoted),
        Err(Error::Invalid { slug: slug @ "invalid-coupon", text }) => {
            let why = format!("{}.", language.refusal(slug, &text));
            let plain = shop.engine().quotes(Prices { coupon: None, ..asked }).await?;
            (Field::wrong(&wanted.chosen.code, why), plain)
        }
        Err(error) => return Err(error.into()),
    };
    let is_chosen =
        |memory: &str| card.sizes.iter().any(|size| size.chosen && size.memory == memory);
    let bill = |Quoted { ram, quote }| {
        let bill = Bill::of(&quote, language);
        SizeBill::of(ram, quote.total, bill, is_chosen(&ram.to_string()))
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
        let Chosen { memory, os, code, .. } = &sent.wanted.chosen;
        let back = paths::product_with(&product, [memory, os, code]);
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
    let Wanted { product, chosen: Chosen { memory, os, code, wallet } } = &sent.wanted;
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
    let Wanted { product, chosen: Chosen { memory, os, code, wallet } } = wanted;
    let wish = NewOrder {
        account: account.id.clone(),
        product: ProductId::parse(product).map_err(|_| Error::missing("product", product))?,
        memory: memory.clone(),
        os: Some(os.clone()).filter(|os| !os.is_empty()),
        coupon: Some(code.clone()),
        payment_method: None,
        from_wallet: wallet_of(shop, wallet)?,
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
        Error::Refused { slug, text } | Error::Invalid { slug, text } => (*slug, text),
        _ => return Err(error.into()),
    };
    let mut page = whole(shop, around, wanted).await?;
    let text = page.frame.language.refusal(slug, text);
    let Chosen { memory, os, code, .. } = &wanted.chosen;
    match slug {
        "invalid-memory" | "memory-not-offered" => {
            page.memory = Field::wrong(memory, format!("{text}."));
        }
        // The page has asked for the prices itself, and says what is wrong with the code.
        "invalid-coupon" => page.code = Field::wrong(code, format!("{text}.")),
        "invalid-os" => page.os = Field::wrong(os, format!("{text}.")),
        _ => page.refused = Some(text),
    }
    page::show_refused(error, &page)
}
