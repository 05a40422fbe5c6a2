//! The catalogue by hand: what staff may change, what they are refused, and what they decide.

use domain::block::Cidr;
use domain::money::{Currency, Money};
use domain::product::Held;
use engine::Error;
use engine::catalogue::ProductPatch;

use crate::shop::{Rows, STAFF, Shop};
use crate::support::for_each_database;

const SHOP: Rows<'_> = &[
    ("1", "103.181.91", 50, "active"),
    ("2", "103.82.72", 40, "active"),
    ("3", "Premium VPS", 30, "active"),
    ("4", "103.195.160.2", 30, "active"),
    ("5", "103.195.160.3", 30, "active"),
];

fn rupees(amount: i64) -> Option<Money> {
    Some(Money::major(amount, Currency::INR))
}

fn cidrs(texts: &[&str]) -> ProductPatch {
    let cidrs = Some(texts.iter().map(|text| (*text).to_owned()).collect());
    ProductPatch { cidrs, ..ProductPatch::default() }
}

fn named(name: &str) -> ProductPatch {
    ProductPatch { display_name: Some(name.into()), ..ProductPatch::default() }
}

fn tagged(tags: &[&str]) -> ProductPatch {
    let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
    ProductPatch { tags, ..ProductPatch::default() }
}

#[tokio::test]
async fn tags_are_kept_once_in_their_order_and_survive_a_sync() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let shown = shop.patch("1", tagged(&[" Mumbai ", "AMD", "mumbai"])).await.unwrap();
        assert_eq!(shown.product.tags, ["Mumbai", "AMD"]);
        shop.sync(&[("1", "103.181.91", 2, "active")]).await;
        assert_eq!(shop.product("1").await.product.tags, ["Mumbai", "AMD"]);
        for wrong in [&["a,b"][..], &[""], &["x".repeat(25).as_str()], &["\n"]] {
            let refused = shop.patch("1", tagged(wrong)).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{wrong:?}");
        }
        let many: Vec<String> = (0..9).map(|number| format!("t{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(shop.patch("1", tagged(&many)).await.is_err());
        assert!(shop.patch("1", tagged(&[])).await.unwrap().product.tags.is_empty());
    })
    .await;
}

#[tokio::test]
async fn staff_name_price_and_publish_products() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let before = shop.engine.catalogue_version().await.unwrap();
        let patch = ProductPatch {
            display_name: Some(" 🏅 Premium 103.181.91 ".into()),
            prices: Some(vec![("8 GB".into(), rupees(1_099)), ("4GB".into(), None)]),
            costs: Some(vec![("8GB".into(), rupees(700))]),
            ..ProductPatch::default()
        };
        let shown = shop.patch("1", patch).await.unwrap();
        assert_eq!(shown, shop.product("1").await);
        assert_eq!(shown.product.name, "🏅 Premium 103.181.91");
        let prices: Vec<String> = shown
            .product
            .prices
            .iter()
            .map(|p| format!("{} {} {:?}", p.ram, p.price, p.cost.map(|cost| cost.minor)))
            .collect();
        assert_eq!(prices, ["8GB 1099.00 INR Some(70000)", "16GB 1499.00 INR None"]);
        assert!(shop.engine.catalogue_version().await.unwrap() > before);
        let audit = shop.engine.list_audit(None, None, 10).await.unwrap();
        assert_eq!((audit[0].actor.as_str(), audit[0].action.as_str()), (STAFF, "change-product"));
        assert!(
            audit[0].detail.contains("8GB 1099.00 INR (cost 700.00 INR)"),
            "{}",
            audit[0].detail
        );
        // Nothing new: nothing is written.
        let again = shop.patch("1", named("🏅 Premium 103.181.91")).await.unwrap();
        assert_eq!(again.product.version, shown.product.version);
        assert_eq!(shop.engine.list_audit(None, None, 10).await.unwrap().len(), 1);
        // A sync leaves what staff did.
        shop.sync(&[("1", "103.181.91", 20, "active")]).await;
        let kept = shop.product("1").await;
        assert_eq!(kept.product.prices, shown.product.prices);
        let hidden = ProductPatch { published: Some(false), ..ProductPatch::default() };
        shop.patch("1", hidden).await.unwrap();
        let shown = shop.engine.shop(None, 100).await.unwrap();
        assert!(!shown.iter().any(|shown| shown.package.pid.as_str() == "1"));
        assert_eq!(shop.engine.list_products(None, 100).await.unwrap().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_wish_is_refused_with_its_field_and_changes_nothing() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let prices = |ram: &str, money| ProductPatch {
            prices: Some(vec![(ram.into(), money)]),
            ..ProductPatch::default()
        };
        let dollars = Money::major(9, Currency::parse("USD").unwrap());
        let pid = |pid: &str| ProductPatch { pid: Some(pid.into()), ..ProductPatch::default() };
        let all = ["4GB", "8GB", "16GB"].map(|ram| (ram.to_owned(), None));
        let wishes = [
            (named("  "), "displayName"),
            (named("a\u{7}b"), "displayName"),
            (named(&"x".repeat(121)), "displayName"),
            (prices("eight", rupees(9)), "prices"),
            (prices("8192", rupees(9)), "prices"),
            (prices("8GB", rupees(0)), "prices.8GB"),
            (prices("8GB", rupees(-5)), "prices.8GB"),
            (prices("8GB", Some(dollars)), "prices.8GB"),
            (ProductPatch { prices: Some(all.into()), ..Default::default() }, "prices"),
            (
                ProductPatch { costs: Some(vec![("2GB".into(), rupees(9))]), ..Default::default() },
                "costs.2GB",
            ),
            (cidrs(&["103.181.91"]), "cidrs"),
            (cidrs(&["103.181.91.7/24"]), "cidrs"),
            (cidrs(&["0.0.0.0/0"]), "cidrs"),
            (pid(""), "pid"),
            (pid("777"), "pid"),
        ];
        let before = shop.books().await;
        for (wish, field) in wishes {
            let shown = format!("{wish:?}");
            match shop.patch("1", wish).await {
                Err(Error::Invalid { text, .. }) => {
                    assert!(text.starts_with(field), "{text} for {shown}");
                }
                other => panic!("{shown}: {other:?}"),
            }
        }
        let published = ProductPatch { published: Some(true), ..ProductPatch::default() };
        let said = shop.patch("3", published).await;
        assert!(
            matches!(&said, Err(Error::Invalid { text, .. })
            if text.starts_with("published") && text.contains("give cidrs")),
            "{said:?}"
        );
        let stale = ProductPatch { version: Some(7), ..named("Ours") };
        assert!(matches!(
            shop.patch("1", stale).await,
            Err(Error::Refused { slug: "stale-version", .. })
        ));
        assert_eq!(shop.books().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_product_without_block_is_on_sale_once_staff_gave_its_ranges() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let shown = shop.patch("3", cidrs(&["103.73.222.0/24"])).await.unwrap();
        assert!(shown.product.published && shown.available);
        // Without its ranges it cannot stay on sale.
        let said = shop.patch("3", cidrs(&[])).await;
        assert!(matches!(&said, Err(Error::Invalid { text, .. }) if text.starts_with("cidrs")));
        let both = ProductPatch { published: Some(false), ..cidrs(&[]) };
        assert!(!shop.patch("3", both).await.unwrap().product.published);
    })
    .await;
}

#[tokio::test]
async fn confirming_ranges_names_the_siblings_that_share_them() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let (id, pool) = (shop.id("4").await, Cidr::parse("103.195.160.0/24").unwrap());
        let cidrs = Some(vec![pool.to_string()]);
        let ranges = ProductPatch { cidrs, ..ProductPatch::default() };
        let changed = shop.engine.change_product(&id, ranges, STAFF).await.unwrap();
        let siblings: Vec<&str> = changed.siblings.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(siblings, ["103.195.160.3"]);
        assert_eq!(shop.product("4").await.product.cidrs, [pool]);
    })
    .await;
}

#[tokio::test]
async fn a_misleading_display_name_is_told_until_it_is_mended_or_confirmed() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let told = async || shop.alert_kinds().await.contains(&"product-mismatch".to_owned());
        let id = shop.id("1").await;
        let changed = shop.engine.change_product(&id, named("🌊 103.182.44"), STAFF).await.unwrap();
        assert!(changed.warnings[0].contains("103.182.44"), "{:?}", changed.warnings);
        assert!(told().await);
        shop.patch("1", named("Ubuntu 24.10 on 103.181.91")).await.unwrap();
        assert!(!told().await, "24.10 is no address");
        shop.patch("1", named("Kernel 5.15.3")).await.unwrap();
        assert!(told().await);
        let confirmed = ProductPatch { name_confirmed: Some(true), ..ProductPatch::default() };
        let shown = shop.patch("1", confirmed).await.unwrap();
        assert_eq!(shown.product.contradiction(&shown.package.name), None);
        assert!(!told().await);
        let other = shop.patch("1", named("Kernel 5.15.4")).await.unwrap();
        assert!(!other.product.name_confirmed, "another name was not confirmed");
    })
    .await;
}

#[tokio::test]
async fn relinking_moves_a_product_to_another_package() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let id = shop.id("1").await;
        let to = |pid: &str| ProductPatch { pid: Some(pid.into()), ..ProductPatch::default() };
        let patch = ProductPatch { pid: Some("2".into()), ..named("🌊 103.82.72 (Gold)") };
        let changed = shop.engine.change_product(&id, patch, STAFF).await.unwrap();
        assert_eq!(changed.shown.package.name, "103.82.72");
        assert_eq!(shop.engine.product(&id).await.unwrap(), changed.shown);
        // A package that nothing is sold from any more gets a product of its own.
        let report = shop.sync(SHOP).await;
        assert_eq!(report.summary.created, 1);
        assert_ne!(shop.id("1").await, id);
        // Ranges were given for one package and do not move to another by themselves.
        let gives = ProductPatch { ..cidrs(&["103.82.72.0/25"]) };
        shop.engine.change_product(&id, gives, STAFF).await.unwrap();
        let said = shop.engine.change_product(&id, to("1"), STAFF).await;
        assert!(matches!(&said, Err(Error::Invalid { text, .. }) if text.starts_with("cidrs")));
        let said = shop.engine.change_product(&id, to("3"), STAFF).await;
        assert!(said.is_err(), "a published product must promise something");
    })
    .await;
}

#[tokio::test]
async fn a_person_decides_about_what_is_held() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let mut rows = SHOP.to_vec();
        rows[0].1 = "103.182.44";
        rows.push(("2", "103.82.73", 9, "active"));
        shop.sync(&rows).await;
        assert_eq!(shop.product("1").await.product.held, Some(Held::OtherBlock));
        assert_eq!(shop.product("2").await.product.held, Some(Held::TwoNames));
        let (renamed, doubled) = (shop.id("1").await, shop.id("2").await);
        assert!(shop.engine.lift_hold(&renamed, " ", STAFF).await.is_err(), "a reason is needed");
        let lifted = shop.engine.lift_hold(&renamed, "asked them: same pool", STAFF).await.unwrap();
        assert!(lifted.available);
        let again = shop.engine.lift_hold(&renamed, "once more", STAFF).await;
        assert!(matches!(again, Err(Error::Refused { slug: "not-now", .. })));
        let audit = shop.engine.list_audit(Some(renamed.as_str()), None, 10).await.unwrap();
        assert_eq!(audit[0].detail, "other_block: asked them: same pool");
        // What is still doubtful in the list is held again; what is not stays lifted.
        shop.engine.lift_hold(&doubled, "looks right to me", STAFF).await.unwrap();
        let report = shop.sync(&rows).await;
        assert_eq!((report.summary.held, report.summary.re_enabled), (1, 0));
        assert!(shop.product("1").await.available);
        let sold = ProductPatch { published: Some(true), ..ProductPatch::default() };
        rows.pop();
        shop.sync(&rows).await;
        assert_eq!(shop.product("2").await.product.held, Some(Held::TwoNames));
        assert!(shop.patch("2", sold).await.unwrap().available);
        assert_eq!(shop.sync(&rows).await.summary.unchanged, 5);
        let open = shop.alert_kinds().await;
        assert!(!open.contains(&"package-ambiguous".to_owned()), "{open:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_told_of_a_package_is_over_for_a_product_that_is_sold_as_another() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(&[("1", "103.181.91", 50, "active"), ("2", "103.82.72", 40, "active")]).await;
        shop.sync(&[("2", "103.82.72", 4, "active")]).await;
        let told = async |kind: &str| {
            let kinds = shop.alert_kinds().await;
            kinds.into_iter().filter(|told| told == kind).count()
        };
        assert_eq!((told("package-missing").await, told("low-stock-5").await), (1, 1));
        let relink = ProductPatch { pid: Some("2".into()), ..ProductPatch::default() };
        shop.patch("1", relink).await.unwrap();
        assert_eq!(told("package-missing").await, 0, "nothing is missing that is sold");
        assert_eq!(told("low-stock-5").await, 2, "both products run low now");
        shop.sync(&[("2", "103.82.72", 40, "active")]).await;
        assert_eq!(told("low-stock-5").await, 0);
    })
    .await;
}
