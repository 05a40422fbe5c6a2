//! Two processes over one database sell what there is, once.

use futures_util::future::join_all;

use super::crowd::{Customer, crowd};
use super::desk::{Desk, id_of};
use super::shop::{OTHER, SOLD, Shop};

/// So many customers want a package at once, at both desks; so many get it, and no one else pays.
async fn rush(desks: &[Desk; 2], customers: &[Customer], package: &str) -> Vec<String> {
    let product = desks[0].product(package).await;
    desks[1].product(package).await;
    let wishes = customers.iter().enumerate().map(|(at, customer)| {
        let desk = desks[at % 2].for_customer(customer.key.clone());
        let product = product.clone();
        async move { desk.try_to_order(&product).await }
    });
    let (accepted, refused): (Vec<_>, Vec<_>) =
        join_all(wishes).await.into_iter().partition(|answer| answer.status == 201);
    for answer in refused {
        assert_eq!((answer.status, answer.slug()), (409, "out-of-stock"), "{answer:?}");
    }
    let created: Vec<_> = accepted.into_iter().map(|answer| answer.body).collect();
    let paid = created.iter().enumerate().map(|(at, created)| desks[1 - at % 2].pay(created));
    join_all(paid).await;
    let ids: Vec<String> = created.iter().map(id_of).collect();
    let delivered = ids.iter().map(|id| desks[0].until_provisioning(id, &["active"]));
    join_all(delivered).await;
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_sell_no_more_than_there_is() {
    let shop = Shop::on_a_server(&[(SOLD, 9), (OTHER, 12)]).await;
    let keys = shop.keys("a").await;
    let (a, b) = futures_util::join!(shop.serve("a"), shop.serve("b"));
    let desks = [Desk::at(&a, &keys), Desk::at(&b, &keys)];
    let customers = crowd(&shop, "a", 200).await;
    let mut orders = rush(&desks, &customers[..10], SOLD).await;
    assert_eq!(orders.len(), 9);
    orders.extend(rush(&desks, &customers, OTHER).await);
    assert_eq!(orders.len(), 9 + 12);
    assert_eq!(shop.upstream.purchases(), 9 + 12);
    shop.each_was_bought_and_delivered_once(&desks[1], &orders).await;
    shop.books_add_up("b").await;
}

/// Both make the catalogue at once; neither may leave it looking sold out until the next sync.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_open_together_sell_at_once() {
    let shop = Shop::on_a_server(&[(SOLD, 50), (OTHER, 50)]).await;
    let keys = shop.keys("n0").await;
    let nodes: Vec<String> = (0..6).map(|number| format!("n{number}")).collect();
    let open = join_all(nodes.iter().map(|node| shop.serve(node))).await;
    let desk = Desk::at(&open[0], &keys);
    let orders = [desk.buy(SOLD).await, desk.buy(OTHER).await];
    join_all(orders.iter().map(|order| desk.until_provisioning(order, &["active"]))).await;
    shop.each_was_bought_and_delivered_once(&desk, &orders).await;
    shop.books_add_up("n0").await;
}
