//! Carts: what customers and visitors mean to order. A visitor's is found by a token that their
//! browser keeps; whoever signs in takes it along. What it costs now is in `cart/offer.rs`.
//! Not for ordering it: that is `checkout.rs`.

mod offer;

use std::time::Duration;

use domain::cart::{Choice, QUANTITY_MAX, SERVERS_MAX, together};
use domain::id::{AccountId, CartId, CartLineId};
use store::cart::{CartLine, Holder};
use store::db::Tx;

pub use offer::{Cart, Line, Trouble};

use crate::checkout::cart::Wanted;
use crate::price::{code_of, memory, priced, system};
use crate::secret::Secret;
use crate::session::{hash_of, random_text};
use crate::{Engine, Error, Result};

/// A visitor's cart ends when nothing was put into it for so long.
pub const VISITORS_CART_LASTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Whose cart it is.
#[derive(Clone, Debug)]
pub enum Whose {
    Customer(AccountId),
    /// Of whoever holds this token.
    Visitor(Secret),
}

/// What is to be different about a line.
#[derive(Clone, Debug, Default)]
pub struct LineChange {
    pub quantity: Option<i64>,
    /// An empty one takes the code off.
    pub coupon: Option<String>,
}

/// What came of putting something into a cart.
#[derive(Clone, Debug)]
pub struct Put {
    /// By which the visitor's cart is found from now on, until it ends.
    pub token: Option<Secret>,
    /// There would have been more than ten of it: ten are there.
    pub is_capped: bool,
}

impl Whose {
    fn holder(&self) -> Holder {
        match self {
            Whose::Customer(account) => Holder::Customer(account.clone()),
            Whose::Visitor(token) => Holder::Visitor(hash_of(token.expose())),
        }
    }

    fn account(&self) -> Option<&AccountId> {
        match self {
            Whose::Customer(account) => Some(account),
            Whose::Visitor(_) => None,
        }
    }
}

impl Engine {
    /// How many servers are in somebody's cart.
    pub async fn count_cart(&self, whose: &Whose) -> Result<i64> {
        let holder = whose.holder();
        Ok(self.db().read(move |tx| tx.count_cart(&holder)).await?)
    }

    /// Puts something into somebody's cart; a visitor without one gets one.
    pub async fn put_in_cart(&self, whose: Option<Whose>, wish: Wanted) -> Result<Put> {
        let more = counted(wish.quantity)?;
        let (ram, os) = (memory(&wish.memory)?, system(wish.os.as_deref())?);
        let coupon = code_of(wish.coupon.as_deref())?;
        let choice = Choice { product: wish.product, ram, os, coupon };
        let new = Whose::Visitor(Secret::new(random_text(&*self.parts.chance)));
        let (cart, line) = self.mint_for_cart();
        let engine = self.clone();
        self.db()
            .write(move |tx| {
                let shown = engine.product_to_sell(tx, &choice.product)?;
                if !shown.product.published {
                    return Err(Error::missing("product", &choice.product));
                }
                priced(&shown.product, choice.ram)?;
                let owner = match &whose {
                    Some(Whose::Customer(_)) => whose.as_ref(),
                    // A token that we did not give out, or that is over, finds nothing.
                    Some(visitor) => tx.lock_cart(&visitor.holder())?.and(whose.as_ref()),
                    None => None,
                };
                let owner = owner.unwrap_or(&new);
                let holder = owner.holder();
                let cart = tx.open_cart(&cart, &holder, VISITORS_CART_LASTS)?;
                let there = tx.cart_lines(&holder)?;
                must_hold(&there, more)?;
                let more = CartLine { id: line.clone(), choice: choice.clone(), quantity: more };
                let is_capped = add(tx, &cart, &there, more)?;
                engine.must_take_code(tx, owner, &choice)?;
                let token = match owner {
                    Whose::Visitor(token) => Some(token.clone()),
                    Whose::Customer(_) => None,
                };
                Ok::<_, Error>(Put { token, is_capped })
            })
            .await
    }

    /// Changes how many of a line there are, or its code. One that is the same choice as another
    /// line then joins it; true where that would have made more than ten.
    pub async fn change_in_cart(
        &self,
        whose: &Whose,
        line: &CartLineId,
        change: LineChange,
    ) -> Result<bool> {
        let quantity = change.quantity.map(counted).transpose()?;
        let coupon = change.coupon.map(|code| code_of(Some(&code))).transpose()?;
        let (engine, owner, wanted) = (self.clone(), whose.clone(), line.clone());
        self.db()
            .write(move |tx| {
                let (cart, mut there) = locked(tx, &owner.holder(), &wanted)?;
                let at = there.iter().position(|line| line.id == wanted);
                let mut line = there.remove(at.ok_or_else(|| no_line(&wanted))?);
                line.quantity = quantity.unwrap_or(line.quantity);
                let is_other_code = coupon.as_ref().is_some_and(|code| *code != line.choice.coupon);
                if let Some(code) = &coupon {
                    line.choice.coupon.clone_from(code);
                }
                must_hold(&there, line.quantity)?;
                if !there.iter().any(|other| other.choice == line.choice) {
                    tx.change_cart_line(&line)?;
                    if is_other_code {
                        engine.must_take_code(tx, &owner, &line.choice)?;
                    }
                    return Ok(false);
                }
                tx.delete_cart_line(&line.id)?;
                add(tx, &cart, &there, line)
            })
            .await
    }

    pub async fn take_out_of_cart(&self, whose: &Whose, line: &CartLineId) -> Result<()> {
        let (holder, wanted) = (whose.holder(), line.clone());
        self.db()
            .write(move |tx| {
                let (_, there) = locked(tx, &holder, &wanted)?;
                match there.iter().any(|line| line.id == wanted) {
                    true => Ok(tx.delete_cart_line(&wanted)?),
                    false => Err(no_line(&wanted)),
                }
            })
            .await
    }

    /// A visitor has turned out to be a customer: their cart goes into the customer's own, and
    /// nothing is lost; true where there would have been more than ten of something.
    pub async fn join_carts(&self, token: &Secret, account: &AccountId) -> Result<bool> {
        let visitor = Whose::Visitor(token.clone()).holder();
        let own = Holder::Customer(account.clone());
        let (new, _) = self.mint_for_cart();
        self.db()
            .write(move |tx| {
                if tx.count_cart(&visitor)? == 0 {
                    return Ok(false);
                }
                // A customer's own is locked first, by everybody.
                let cart = tx.open_cart(&new, &own, VISITORS_CART_LASTS)?;
                let Some(visitors) = tx.lock_cart(&visitor)? else { return Ok(false) };
                let (brought, there) = (tx.cart_lines(&visitor)?, tx.cart_lines(&own)?);
                tx.delete_cart(&visitors)?;
                let mut is_capped = false;
                for line in brought {
                    is_capped |= add(tx, &cart, &there, line)?;
                }
                Ok(is_capped)
            })
            .await
    }

    fn mint_for_cart(&self) -> (CartId, CartLineId) {
        let (now, chance) = (self.now(), &*self.parts.chance);
        (CartId::mint(now, chance), CartLineId::mint(now, chance))
    }

    /// A code that is worth nothing for a choice is refused where it is typed. One that turns so
    /// later is told beside its line.
    fn must_take_code(&self, tx: &mut Tx<'_>, whose: &Whose, choice: &Choice) -> Result<()> {
        if choice.coupon.is_none() {
            return Ok(());
        }
        let cart = self.offer(tx, whose)?;
        match cart.lines.into_iter().find(|line| line.choice == *choice) {
            Some(Line { trouble: Some(trouble @ Trouble::Code(_)), .. }) => {
                Err(Error::invalid("invalid-coupon", trouble.to_string()))
            }
            _ => Ok(()),
        }
    }
}

/// Adds to the line of the same choice, or as a new line; true where ten is fewer than both.
fn add(tx: &mut Tx<'_>, cart: &CartId, there: &[CartLine], more: CartLine) -> Result<bool> {
    let Some(same) = there.iter().find(|line| line.choice == more.choice) else {
        tx.insert_cart_line(cart, &more)?;
        return Ok(false);
    };
    let (quantity, is_capped) = together(same.quantity, more.quantity);
    tx.change_cart_line(&CartLine { quantity, ..same.clone() })?;
    Ok(is_capped)
}

/// Somebody's cart, which nobody else changes now, and what is in it.
fn locked(
    tx: &mut Tx<'_>,
    holder: &Holder,
    wanted: &CartLineId,
) -> Result<(CartId, Vec<CartLine>)> {
    let cart = tx.lock_cart(holder)?.ok_or_else(|| no_line(wanted))?;
    Ok((cart, tx.cart_lines(holder)?))
}

/// Refuses more than can be ordered at once.
fn must_hold(there: &[CartLine], more: i64) -> Result<()> {
    let held: i64 = there.iter().map(|line| line.quantity).sum();
    if held.saturating_add(more) <= SERVERS_MAX {
        return Ok(());
    }
    let text = format!("a cart holds {SERVERS_MAX} servers; order some of them first");
    Err(Error::refused("cart-full", text))
}

fn no_line(id: &CartLineId) -> Error {
    Error::missing("cart line", id)
}

fn counted(quantity: i64) -> Result<i64> {
    let fits = (1..=QUANTITY_MAX).contains(&quantity);
    let text = || format!("quantity: from 1 to {QUANTITY_MAX} of one choice");
    fits.then_some(quantity).ok_or_else(|| Error::invalid("invalid-quantity", text()))
}
