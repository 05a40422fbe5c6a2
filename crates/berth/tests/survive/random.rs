//! One shop in a file, killed again and again at moments that a seed chooses, while customers go
//! on ordering with the patience of programs. No order is lost, and none is bought twice.

// tidy: sleep allowed because the moment of a kill is chance, and nothing announces it.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Who, id_of, receipt, wish};
use super::shop::{SOLD, Shop};

const KILLS: u64 = 12;
const ORDERS: usize = 36;
const SEED: u64 = 0x5eed_0b57_ac1e_d00d;

/// What a customer still wants: the key of the request, and the order once it was told.
struct Buyer {
    key: String,
    created: Option<Value>,
    paid: bool,
}

impl Buyer {
    /// Orders and pays; a shop that is gone leaves it where it was.
    async fn goes_on(&mut self, desk: &Desk, product: &str) {
        if self.created.is_none() {
            let wish = wish(product);
            let order = desk.try_once(Who::Customer, "/api/createOrder", &wish, &self.key).await;
            self.created = order.filter(|answer| answer.status == 201).map(|answer| answer.body);
        }
        let Some(created) = &self.created else { return };
        let pay = format!("/api/admin/orders/{}/mark-paid", id_of(created));
        let told = desk.try_once(Who::Staff, &pay, &receipt(created), &self.key).await;
        self.paid |= told.is_some_and(|answer| answer.status == 200);
    }
}

/// What became of an order whose purchase nobody heard the end of; the upstream's own record is
/// what a person would find in its panel.
async fn settled(shop: &Shop, desk: &Desk, order: &str) {
    loop {
        let words = ["active", "unknown_outcome"];
        let seen = desk.until_provisioning(order, &words).await;
        if seen["provisioningStatus"] == "active" {
            return;
        }
        let seen = desk.until_possible(order, "adopt").await;
        let last = seen["attempts"].as_array().unwrap().last().unwrap();
        let permit = last["id"].as_str().unwrap();
        let mut sold = shop.upstream.sold().into_iter();
        let sold = sold.find(|sold| sold.permit.as_deref() == Some(permit));
        let remedy = match sold {
            Some(sold) => {
                let address = sold.address.to_string();
                json!({ "kind": "adopt", "attemptId": permit, "address": address })
            }
            None => json!({ "kind": "nothing-bought", "attemptId": permit }),
        };
        desk.remedy(order, remedy).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_killed_at_random_loses_no_order_and_buys_none_twice() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let key = |number: usize| format!("wish-{number}");
    let buyer = |number| Buyer { key: key(number), created: None, paid: false };
    let mut buyers: Vec<Buyer> = (0..ORDERS).map(buyer).collect();
    let mut number = SEED;
    for kill in 0..KILLS {
        let mut serve = shop.serve("data").await;
        let desk = Desk::at(&serve, &keys);
        let product = desk.product(SOLD).await;
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        let moment = Duration::from_millis(number % 700);
        let share = ORDERS * (kill as usize + 1) / KILLS as usize;
        let open = buyers[..share].iter_mut().filter(|buyer| !buyer.paid);
        let buying = join_all(open.map(|buyer| buyer.goes_on(&desk, &product)));
        let killing = async {
            tokio::time::sleep(moment).await;
            serve.kill();
        };
        tokio::join!(buying, killing);
        shop.books_add_up("data").await;
    }
    let serve = shop.serve("data").await;
    let desk = Desk::at(&serve, &keys);
    let product = desk.product(SOLD).await;
    for buyer in &mut buyers {
        while !buyer.paid {
            buyer.goes_on(&desk, &product).await;
        }
    }
    let orders: Vec<String> =
        buyers.iter().map(|buyer| id_of(buyer.created.as_ref().unwrap())).collect();
    join_all(orders.iter().map(|order| settled(&shop, &desk, order))).await;
    shop.each_was_bought_and_delivered_once(&desk, &orders).await;
    shop.books_add_up("data").await;
}
