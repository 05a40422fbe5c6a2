//! Stories of what an order costs: tax that goes back with its money, coupons that are used up, and
//! what is free.

use domain::id::OrderId;
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use domain::quote::Round;
use domain::tax::Rate;
use engine::Error;
use engine::catalogue::ProductPatch;
use engine::checkout::NewOrder;
use engine::coupon::{CouponWish, KindWish};
use sim::gateway::How;

use super::{BACK, DELIVERED, Ends, People, Told};
use crate::world::{Given, OTHER, SOLD};

const LONG_S: u64 = 150;
/// Longer than an order holds its coupon whose payment is open and never made.
const FREED_S: u64 = 3_000;
const LOOK_S: u64 = 10;
const CODE: &str = "ONLY-ONE";

/// 18 % on top, in whole rupees.
pub fn taxed(given: Given) -> Given {
    let mut given = given;
    given.settings.tax_rate = Rate::basis_points(1_800).unwrap_or_default();
    given.settings.round_totals = Round::Major;
    given
}

pub async fn back_in_parts(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    let mut part = People::wish(Remedy::Refund, "part");
    part.amount = Some(Money::new(33_333, Currency::INR));
    drop(people.press(&order, part).await?);
    let pressed = people.press(&order, People::wish(Remedy::Refund, "rest")).await?;
    people.until(&order, LONG_S, |stage| *stage == Stage::Refunded).await?;
    let ends: &[&str] = if pressed.is_ok() { BACK } else { &["delivered", "refunded"] };
    Ok(vec![(order, ends)])
}

/// Two of staff accept what was delivered instead, which costs half as much.
pub async fn kept_cheaper(people: People) -> Told<Ends> {
    let order = super::trouble::bought_wrong(&people).await?;
    people.prices(OTHER, Money::new(49_950, Currency::INR)).await?;
    let accept = |key| {
        let mut wish = People::wish(Remedy::Accept, key);
        wish.consent = Some("Ada agreed by mail".into());
        wish.percent = Some(10);
        wish
    };
    let (one, other) = futures_util::join!(
        people.press(&order, accept("one")),
        people.press(&order, accept("two"))
    );
    let accepted = one?.is_ok() || other?.is_ok();
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    let ends: &[&str] =
        if accepted { DELIVERED } else { &["delivered", "refund_pending", "refunded"] };
    Ok(vec![(order, ends)])
}

/// One of the two has it, and pays; the other is told.
pub async fn last_coupon(people: People) -> Told<Ends> {
    people.makes_coupon(CODE, KindWish::Percent(10), Some(1)).await?;
    for _ in 0..FREED_S / LOOK_S {
        let (one, other) = futures_util::join!(people.with_code(), people.with_code());
        let order = match (one?, other?) {
            (Ok(one), Ok(other)) => {
                return Err(format!("{one} and {other} have the one use of a coupon"));
            }
            (Ok(order), Err(_)) | (Err(_), Ok(order)) => order,
            // Whoever ordered was not told, or the shop was down: its reservation ends.
            (Err(_), Err(_)) => {
                people.0.sleep(LOOK_S).await;
                continue;
            }
        };
        people.pays(&order).await?;
        people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
        return Ok(vec![(order, DELIVERED)]);
    }
    Err("the coupon was never free again".to_owned())
}

/// Bought without money, and given back as nothing.
pub async fn free(people: People) -> Told<Ends> {
    people.makes_coupon(CODE, KindWish::Free, Some(1)).await?;
    let order = people.orders_free().await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    let pressed = people.press(&order, People::wish(Remedy::Refund, "refund")).await?;
    let ends: &[&str] = if pressed.is_ok() { BACK } else { &["delivered", "refunded"] };
    Ok(vec![(order, ends)])
}

impl People {
    /// Staff make a coupon, and look whether it is there where nobody told them.
    pub async fn makes_coupon(
        &self,
        code: &'static str,
        kind: KindWish,
        uses_max: Option<i64>,
    ) -> Told<()> {
        let made = self.ask(move |engine| async move {
            let wish = CouponWish {
                code: code.into(),
                kind,
                starts_at: None,
                ends_at: None,
                uses_max,
                uses_each_max: None,
                products: vec![],
                stopped: false,
                note: String::new(),
            };
            match engine.make_coupon(wish, "staff").await {
                Err(Error::Refused { slug: "coupon-exists", .. }) => Ok(()),
                made => made.map(|_| ()),
            }
        });
        made.await?.map_err(|error| format!("no coupon was made: {error}"))
    }

    /// Staff change what eight gigabytes of a package cost.
    async fn prices(&self, package: &str, price: Money) -> Told<()> {
        let Some(product) = self.product(package).await? else {
            return Err(format!("{package} is not for sale yet"));
        };
        let changed = self.ask(move |engine| {
            let prices = Some(vec![("8GB".to_owned(), Some(price))]);
            let (patch, product) =
                (ProductPatch { prices, ..ProductPatch::default() }, product.clone());
            async move { engine.change_product(&product, patch, "staff").await }
        });
        changed.await?.map(|_| ()).map_err(|error| format!("the price stays: {error}"))
    }

    /// One order, found among all where whoever placed it was not told.
    async fn orders_free(&self) -> Told<OrderId> {
        for _ in 0..LONG_S {
            let refused = match self.with_code().await? {
                Ok(order) => return Ok(order),
                Err(why) => why,
            };
            if let Some(order) = self.orders_of_all().await?.first() {
                return Ok(order.id.clone());
            }
            self.0.script().note(&refused);
            self.0.sleep(1).await;
        }
        Err("nothing was ordered".to_owned())
    }

    async fn with_code(&self) -> Told<Result<OrderId, String>> {
        let Some(product) = self.product(SOLD).await? else {
            return Ok(Err(format!("{SOLD} is not for sale yet")));
        };
        self.places(NewOrder {
            account: self.0.customer().clone(),
            product,
            memory: "8GB".into(),
            os: None,
            coupon: Some(CODE.to_owned()),
            payment_method: None,
            from_wallet: None,
        })
        .await
    }
}
