//! What people do in a world, as stubbornly as people: they ask again when nobody answers, and
//! look before they decide.

use domain::id::{OrderId, ProductId};
use domain::order::{Remedy, Stage};
use engine::checkout::NewOrder;
use engine::pay::Receipt;
use engine::remedy::Wish;
use engine::{Engine, Error};
use store::order::Order;

use crate::world::World;

/// So often somebody tries the same thing: for longer than it is until the next sync, since two
/// faults may leave nothing for sale until then.
const TRIES_MAX: usize = 180;
const AGAIN_AFTER_S: u64 = 2;

/// Somebody in a world, and what went against them.
#[derive(Clone)]
pub struct People(pub World);

pub type Told<T> = Result<T, String>;

impl People {
    /// Asks until somebody answers; a refusal is an answer.
    pub async fn ask<T, F>(&self, what: impl Fn(Engine) -> F) -> Told<engine::Result<T>>
    where
        T: Send + 'static,
        F: Future<Output = engine::Result<T>> + Send + 'static,
    {
        let mut last = "nobody answered".to_owned();
        for _ in 0..TRIES_MAX {
            match self.0.ask(&what).await {
                Some(Err(error @ (Error::Unavailable(_) | Error::Outside(_)))) => {
                    last = error.to_string();
                }
                Some(answer) => return Ok(answer),
                None => {}
            }
            self.0.sleep(AGAIN_AFTER_S).await;
        }
        Err(format!("tried {TRIES_MAX} times: {last}"))
    }

    /// Waits for the first sync, then orders one server.
    pub async fn orders(&self, package: &str, method: Option<&str>) -> Told<OrderId> {
        self.orders_with(package, method, None).await
    }

    pub async fn orders_with(
        &self,
        package: &str,
        method: Option<&str>,
        os: Option<&str>,
    ) -> Told<OrderId> {
        let mut refusal = String::new();
        for _ in 0..TRIES_MAX {
            match self.orders_at_once(package, method, os).await? {
                Ok(order) => return Ok(order),
                Err(why) => refusal = why,
            }
            self.0.sleep(AGAIN_AFTER_S).await;
        }
        Err(format!("no order was taken: {refusal}"))
    }

    /// One order, or why none is taken now.
    pub async fn orders_at_once(
        &self,
        package: &str,
        method: Option<&str>,
        os: Option<&str>,
    ) -> Told<Result<OrderId, String>> {
        let Some(product) = self.product(package).await? else {
            return Ok(Err(format!("{package} is not for sale yet")));
        };
        self.places(NewOrder {
            account: self.0.customer().clone(),
            product,
            memory: "8GB".into(),
            os: os.map(str::to_owned),
            coupon: None,
            payment_method: method.map(str::to_owned),
            from_wallet: None,
        })
        .await
    }

    /// Places an order as it is wished for, or tells why none is taken.
    pub async fn places(&self, wish: NewOrder) -> Told<Result<OrderId, String>> {
        let ordered = self.ask(move |engine| {
            let wish = wish.clone();
            async move { engine.create_order(wish).await }
        });
        Ok(match ordered.await? {
            Ok((order, _)) => Ok(order.id),
            Err(Error::NoWayToPay { order, .. }) => {
                OrderId::parse(&order).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        })
    }

    pub async fn product(&self, package: &str) -> Told<Option<ProductId>> {
        let name = package.to_owned();
        self.look(move |tx| {
            let mut packages = tx.packages_named("smartvps", &name)?;
            packages.extend(tx.packages_named(super::by_hand::SELLER, &name)?);
            let Some(package) = packages.first() else { return Ok(None) };
            let shown = tx.products_of_package(&package.id)?;
            Ok(shown.first().map(|shown| shown.product.id.clone()))
        })
        .await
    }

    /// What the database holds now, as somebody sees it who is not part of the play.
    pub async fn look<T, F>(&self, question: F) -> Told<T>
    where
        T: Send + 'static,
        F: FnMut(&mut store::db::Tx<'_>) -> store::db::Result<T> + Send + 'static,
    {
        self.0.db().read(question).await.map_err(|error| error.to_string())
    }

    pub async fn order(&self, id: &OrderId) -> Told<Order> {
        let id = id.clone();
        self.look(move |tx| tx.order(&id)).await
    }

    pub async fn stage(&self, id: &OrderId) -> Told<Stage> {
        Ok(self.order(id).await?.standing.stage)
    }

    /// Staff type in a receipt; the bank's number is the same however often they do.
    pub async fn pays(&self, id: &OrderId) -> Told<()> {
        self.pays_with(id, "utr").await
    }

    pub async fn pays_with(&self, id: &OrderId, reference: &str) -> Told<()> {
        let order = self.order(id).await?;
        let (id, amount) = (order.id.clone(), order.sold.quote.total);
        let reference = format!("{reference}-{id}");
        let paid = self.ask(move |engine| {
            let receipt = Receipt { amount, reference: reference.clone() };
            let id = id.clone();
            async move { engine.mark_paid(&id, receipt, "staff").await }
        });
        match paid.await? {
            Ok(_) | Err(Error::Refused { slug: "reference-used", .. }) => Ok(()),
            Err(error) => Err(format!("the receipt was refused: {error}")),
        }
    }

    /// Waits until the order stands as wished; false when the time is over.
    pub async fn until(
        &self,
        id: &OrderId,
        seconds: u64,
        is: impl Fn(&Stage) -> bool,
    ) -> Told<bool> {
        for _ in 0..seconds {
            if is(&self.stage(id).await?) {
                return Ok(true);
            }
            self.0.sleep(1).await;
        }
        Ok(false)
    }

    /// Staff press a button until somebody answers, looking anew whenever somebody was faster. The
    /// same decision counts once, however often they press.
    pub async fn press(&self, id: &OrderId, wish: Wish) -> Told<Result<(), String>> {
        let mut last = String::new();
        for _ in 0..5 {
            let version = self.order(id).await?.version;
            let (id, wish) = (id.clone(), Wish { version: Some(version), ..wish.clone() });
            let pressed = self.ask(move |engine| {
                let (id, wish) = (id.clone(), wish.clone());
                async move { engine.remedy(&id, wish, "staff").await }
            });
            match pressed.await? {
                Ok(_) => return Ok(Ok(())),
                Err(error) => last = error.to_string(),
            }
            self.0.sleep(AGAIN_AFTER_S).await;
        }
        Ok(Err(last))
    }

    /// Staff press a button once; nothing when nobody answers.
    pub async fn press_once(&self, id: &OrderId, wish: Wish) -> Option<Result<(), String>> {
        let version = self.order(id).await.ok()?.version;
        let (id, wish) = (id.clone(), Wish { version: Some(version), ..wish });
        let pressed =
            self.0.ask(move |engine| async move { engine.remedy(&id, wish, "staff").await });
        Some(pressed.await?.map(|_| ()).map_err(|error| error.to_string()))
    }

    pub fn wish(kind: Remedy, key: &str) -> Wish {
        let key = Some(key.to_owned());
        Wish { key, may_give_value: true, ..Wish::new(kind, "staff decide") }
    }
}
