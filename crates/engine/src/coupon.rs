//! Coupons as staff make and change them. Not for what one is worth: `price.rs`.

use domain::clock::Timestamp;
use domain::coupon::{self, Coupon, Kind};
use domain::id::ProductId;
use domain::money::{Currency, Money};

use crate::read::Page;
use crate::{Engine, Error, Result, wording};

const NOTE_MAX: usize = 200;
const PRODUCTS_MAX: usize = 100;

/// A coupon as it was sent.
#[derive(Clone, Debug)]
pub struct CouponWish {
    pub code: String,
    pub kind: KindWish,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub uses_max: Option<i64>,
    pub uses_each_max: Option<i64>,
    /// Empty: all.
    pub products: Vec<ProductId>,
    pub stopped: bool,
    pub note: String,
}

#[derive(Clone, Copy, Debug)]
pub enum KindWish {
    Percent(i64),
    Amount(Money),
    Free,
}

fn wrong(text: impl Into<String>) -> Error {
    Error::invalid("invalid-coupon", text)
}

impl CouponWish {
    fn read(self, currency: Currency) -> Result<Coupon> {
        let code = coupon::code(&self.code)
            .ok_or_else(|| wrong("code: 3 to 40 letters, digits and hyphens, such as DIWALI-10"))?;
        let kind = match self.kind {
            KindWish::Percent(of) => match u8::try_from(of) {
                Ok(of @ 1..=99) => Kind::Percent(of),
                _ => return Err(wrong("percent: from 1 to 99; what costs nothing is kind free")),
            },
            KindWish::Amount(money) if money.currency != currency => {
                return Err(wrong(format!(
                    "amount: {} is not the shop's currency; give {currency}",
                    money.currency
                )));
            }
            KindWish::Amount(money) if money.minor < 1 => {
                return Err(wrong("amount: a whole number of minor units above zero"));
            }
            KindWish::Amount(money) => Kind::Amount(money),
            KindWish::Free => Kind::Free,
        };
        let counts = |most: Option<i64>| most.is_none_or(|most| most >= 1);
        if !counts(self.uses_max) || !counts(self.uses_each_max) {
            return Err(wrong("uses: at least 1, or leave them out for any number"));
        }
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && end <= start
        {
            return Err(wrong(format!("endsAt: {end} is not after {start}")));
        }
        if self.products.len() > PRODUCTS_MAX {
            return Err(wrong(format!("products: at most {PRODUCTS_MAX}; none for all")));
        }
        // What gives everything away, to everybody, without end, is a slip.
        if matches!(kind, Kind::Free) && self.uses_max.is_none() {
            return Err(wrong("usesMax: a free coupon needs one"));
        }
        Ok(Coupon {
            code,
            kind,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            uses_max: self.uses_max,
            uses_each_max: self.uses_each_max,
            products: self.products,
            stopped: self.stopped,
            note: wording::shortened(&self.note, NOTE_MAX),
            given: None,
            version: 1,
        })
    }
}

impl Engine {
    /// All coupons by code, each with how often it was used.
    pub async fn coupons(&self, after: &str, limit: i64) -> Result<Page<(Coupon, i64)>> {
        let after = after.to_owned();
        let rows = self.db().read(move |tx| tx.list_coupons(&after, limit + 1)).await?;
        Ok(Page::of(rows, limit, |(coupon, _)| coupon.code.clone()))
    }

    /// One coupon by its code.
    pub async fn coupon(&self, code: &str) -> Result<Coupon> {
        let wanted = coupon::code(code).ok_or_else(|| Error::missing("coupon", code))?;
        let found = self.db().read(move |tx| tx.coupon(&wanted)).await?;
        found.ok_or_else(|| Error::missing("coupon", code))
    }

    pub async fn make_coupon(&self, wish: CouponWish, actor: &str) -> Result<Coupon> {
        let (coupon, actor) = (wish.read(self.settings().currency)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                if !tx.insert_coupon(&coupon)? {
                    let text = format!("there is a coupon {} already", coupon.code);
                    return Err(Error::refused("coupon-exists", text));
                }
                tx.audit(&actor, "make-coupon", &coupon.code, coupon.kind.as_str())?;
                Ok(coupon.clone())
            })
            .await
    }

    /// A coupon counts no more; `version` is of the one that was looked at.
    pub async fn stop_coupon(&self, code: &str, version: i64, actor: &str) -> Result<Coupon> {
        let coupon = Coupon { stopped: true, ..self.coupon(code).await? };
        self.rewrite_coupon(coupon, version, actor).await
    }

    /// Changes a coupon as a whole; `version` is of the one that was looked at. Orders that were
    /// made with it keep their price.
    pub async fn change_coupon(
        &self,
        wish: CouponWish,
        version: i64,
        actor: &str,
    ) -> Result<Coupon> {
        self.rewrite_coupon(wish.read(self.settings().currency)?, version, actor).await
    }

    async fn rewrite_coupon(&self, coupon: Coupon, version: i64, actor: &str) -> Result<Coupon> {
        let actor = actor.to_owned();
        self.db()
            .write(move |tx| {
                let seen = tx.lock_coupon(&coupon.code)?;
                let seen = seen.ok_or_else(|| Error::missing("coupon", &coupon.code))?;
                if seen.version != version {
                    let text = format!(
                        "the coupon is at version {} by now; look again before changing it",
                        seen.version
                    );
                    return Err(Error::refused("stale-version", text));
                }
                tx.change_coupon(&Coupon { version, ..coupon.clone() })?;
                let what = if coupon.stopped { "stopped" } else { coupon.kind.as_str() };
                tx.audit(&actor, "change-coupon", &coupon.code, what)?;
                Ok(Coupon { version: version + 1, given: seen.given, ..coupon.clone() })
            })
            .await
    }
}
