//! The cart: what somebody means to order, changing it, and ordering all of it at once. A guest's
//! comes along when they sign in.

use axum::extract::State;
use axum::response::Response;
use domain::id::{CartLineId, CheckoutId, ProductId};
use engine::Error;
use engine::cart::{Cart, LineChange, Whose};
use engine::checkout::cart::{NewCheckout, Wanted as Wish};
use engine::idempotency::Ticket;
use engine::permission::{AccountRef, Act};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::product::{self, Wanted, wallet_choice, wallet_of};
use crate::app::Shop;
use crate::body::{At, id_of};
use crate::cart::kept;
use crate::page::{self, Around, Looking, Posted};
use crate::paths;
use crate::pressed::{self, Form};
use crate::problem::Problem;
use crate::view::bill::Bill;
use crate::view::cart::{Cart as Page, Line};
use crate::view::order::way_in;
use crate::view::{Choice, Field, Frame, Here, Said};

/// What this form is called among those that count once.
const ROUTE: &str = "POST /cart/checkout";

/// `/cart`
pub(crate) async fn look(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around).await?)
}

async fn whole(shop: &Shop, around: &Around) -> Result<Page, Problem> {
    let cart = match &around.cart {
        Some(whose) => shop.engine().cart(whose).await?,
        None => Cart::default(),
    };
    let (count, is_orderable) = (cart.count(), cart.is_orderable());
    let chosen = |line: &engine::cart::Line| {
        let os = line.choice.os.map_or("", |os| os.code());
        paths::product_with(&line.choice.product, ["", os, ""])
    };
    let had = cart.lines.iter().filter(|line| line.trouble.is_none());
    let had = had.map(|line| line.quantity).sum();
    let frame = around.spoken(shop, "cart-title", Here::Cart);
    let ways = shop.engine().gateways().into_iter();
    Ok(Page {
        lines: cart.lines.iter().map(|line| Line::of(line, chosen(line), frame.language)).collect(),
        bill: cart.sum.as_ref().map(|sum| Bill::of_many(sum, had, frame.language)),
        taxed: cart.sum.as_ref().is_some_and(|sum| !sum.taxes.is_zero()),
        wallet: wallet_choice(shop, around, false).await?,
        ways: ways.map(|name| Choice::of(name, way_in(name, frame.language))).collect(),
        refused: None,
        is_stopped: cart.is_stopped,
        is_orderable,
        seen: seen(&cart),
        key: page::new_key(shop),
        frame: Frame { in_cart: count, ..frame },
    })
}

/// What somebody has looked at. Another cart, or the same one at other prices, has another.
fn seen(cart: &Cart) -> String {
    let mut hash = Sha256::new();
    for line in &cart.lines {
        let each = line.each.as_ref().map_or(0, |each| each.total.minor);
        hash.update(format!("{} {} {each}\n", line.id, line.quantity));
    }
    hex::encode(&hash.finalize()[..8])
}

/// Puts one of a product into the cart, from the window or from the counter.
pub(crate) async fn add(
    State(shop): State<Shop>,
    around: Around,
    Posted(wanted): Posted<Wanted>,
) -> Result<Response, Problem> {
    may_change(&around)?;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let wish = Wish {
        product: id_of::<ProductId>(&wanted.product)?,
        memory: wanted.chosen.memory.clone(),
        os: some(&wanted.chosen.os),
        coupon: some(&wanted.chosen.code),
        quantity: 1,
    };
    match shop.engine().put_in_cart(around.cart.clone(), wish).await {
        Ok(put) => {
            let said = if put.is_capped { Said::CartCapped } else { Said::InCart };
            let answer = page::on_to_say(paths::CART, said);
            Ok(kept(answer, &shop, put.token.as_ref()))
        }
        Err(error) => product::refused(&shop, &around, &wanted, error).await,
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Changing {
    quantity: i64,
    code: Option<String>,
}

/// Another quantity or code for a line.
pub(crate) async fn change(
    State(shop): State<Shop>,
    around: Around,
    At(line): At<CartLineId>,
    Posted(Changing { quantity, code }): Posted<Changing>,
) -> Result<Response, Problem> {
    may_change(&around)?;
    let whose = own(&around, &line)?;
    let change = LineChange { quantity: Some(quantity), coupon: code.clone() };
    let error = match shop.engine().change_in_cart(whose, &line, change).await {
        Ok(false) => return Ok(page::on_to_say(paths::CART, Said::CartChanged)),
        Ok(true) => return Ok(page::on_to_say(paths::CART, Said::CartCapped)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let mut page = whole(&shop, &around).await?;
    let text = refusal(&page, &error);
    let id = line.to_string();
    match (&error, page.lines.iter_mut().find(|line| line.id == id)) {
        (Error::Invalid { slug: "invalid-coupon", .. }, Some(line)) => {
            line.code = Field::wrong(code.unwrap_or_default(), format!("{text}."));
        }
        _ => page.refused = Some(text),
    }
    page::show_refused(error, &page)
}

pub(crate) async fn remove(
    State(shop): State<Shop>,
    around: Around,
    At(line): At<CartLineId>,
) -> Result<Response, Problem> {
    may_change(&around)?;
    shop.engine().take_out_of_cart(own(&around, &line)?, &line).await?;
    Ok(page::on_to_say(paths::CART, Said::OutOfCart))
}

/// Why something was refused, in the page's language.
fn refusal(page: &Page, error: &Error) -> String {
    page.frame.language.refusal(error.slug(), &error.to_string())
}

/// Whoever has no cart has no lines either.
fn own<'a>(around: &'a Around, line: &CartLineId) -> Result<&'a Whose, Problem> {
    around.cart.as_ref().ok_or_else(|| Problem::missing("cart line", line.as_str()))
}

/// Guests may; whoever is signed in must be one who may order.
fn may_change(around: &Around) -> Result<(), Error> {
    match around.looking.account() {
        Some(_) => around.looking.0.may(Act::CreateOrder).map(drop),
        None => Ok(()),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Ordering {
    #[serde(default)]
    key: String,
    seen: String,
    /// So much of the wallet at most, in minor units; empty: nothing.
    #[serde(default)]
    wallet: String,
    method: Option<String>,
}

/// All of it becomes orders, or nothing does.
pub(crate) async fn order(
    State(shop): State<Shop>,
    around: Around,
    Posted(sent): Posted<Ordering>,
) -> Result<Response, Problem> {
    let Looking(visitor) = &around.looking;
    let Some(account) = visitor.account() else {
        return Ok(page::on_to(&paths::login(paths::CART)));
    };
    visitor.may(Act::CreateOrder)?;
    let error = match placed(&shop, account, &sent).await {
        Ok(checkout) => return Ok(page::on_to(&paths::checkout_page(&checkout))),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let mut page = whole(&shop, &around).await?;
    page.refused = Some(refusal(&page, &error));
    if let Some(wallet) = &mut page.wallet {
        wallet.chosen = !sent.wallet.is_empty();
    }
    for way in &mut page.ways {
        way.chosen = sent.method.as_ref() == Some(&way.value);
    }
    page::show_refused(error, &page)
}

async fn placed(shop: &Shop, account: &AccountRef, sent: &Ordering) -> Result<CheckoutId, Error> {
    let Ordering { key, seen, wallet, method } = sent;
    let text = format!("{seen}\n{wallet}\n{}", method.as_deref().unwrap_or_default());
    let make = async |ticket| made(shop, account, sent, ticket).await;
    pressed::once(shop, &account.id, Form { route: ROUTE, key, text }, make).await
}

async fn made(
    shop: &Shop,
    account: &AccountRef,
    sent: &Ordering,
    ticket: Option<Ticket>,
) -> Result<CheckoutId, Error> {
    let cart = shop.engine().cart(&Whose::Customer(account.id.clone())).await?;
    if !cart.lines.is_empty() && seen(&cart) != sent.seen {
        let text = "your cart or its prices have changed since you looked; look again";
        return Err(Error::refused("cart-changed", text));
    }
    let wish = NewCheckout {
        account: account.id.clone(),
        lines: cart.lines.iter().map(wish_of).collect(),
        payment_method: sent.method.clone(),
        from_wallet: wallet_of(shop, &sent.wallet)?,
        from_cart: cart.lines.into_iter().map(|line| line.id).collect(),
    };
    match shop.engine().check_out(wish, ticket.as_ref()).await {
        Ok((checkout, _)) => Ok(checkout.id),
        // The orders stand; their page says what became of the payment.
        Err(Error::NoWayToPay { order, .. }) => {
            CheckoutId::parse(&order).map_err(|error| Error::Bug(error.to_string()))
        }
        Err(error) => Err(error),
    }
}

/// A line as the checkout takes it.
pub(crate) fn wish_of(line: &engine::cart::Line) -> Wish {
    let choice = &line.choice;
    Wish {
        product: choice.product.clone(),
        memory: choice.ram.to_string(),
        os: choice.os.map(|os| os.code().to_owned()),
        coupon: choice.coupon.clone(),
        quantity: line.quantity,
    }
}
