//! Papers as customers and staff get them: as pages and as PDF, their own and nobody else's.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::quote::Round;
use domain::tax::Rate;
use engine::Settings;

use crate::database::for_each_database;
use crate::house::{Answer, House, get};
use crate::{browser_of, led_to, page, text};

const SETTLED: Duration = Duration::from_secs(16);

async fn taxed(test: &crate::database::TestDb) -> House {
    let tax_rate = Rate::basis_points(1_800).unwrap();
    let settings = Settings { tax_rate, round_totals: Round::Major, ..Settings::defaults() };
    let house = House::open_with(test, settings).await;
    house.engine.sync().await.unwrap();
    house
}

/// An order of Ada's that is paid, delivered and has its invoice.
async fn invoiced(house: &House, test: &crate::database::TestDb) -> String {
    let order = house.order(&house.ada).await;
    house.pay(&order).await;
    house.until(&order, "active").await;
    test.clock.step(SETTLED);
    house.engine.sweep().await.unwrap();
    order["orderId"].as_str().unwrap().to_owned()
}

fn is_pdf(answer: &Answer) -> bool {
    answer.status == 200
        && answer.header("content-type") == Some("application/pdf")
        && answer.body.starts_with(b"%PDF-")
}

#[tokio::test]
async fn an_order_leads_to_its_invoice_its_receipt_and_their_pdfs() {
    for_each_database(async |test| {
        let house = taxed(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = invoiced(&house, test).await;
        let look = async |path: &str| house.ask(page(path).with("cookie", &ada)).await;
        let shown = text(&look(&format!("/orders/{order}")).await);
        assert!(shown.contains("Invoice INV/") && shown.contains("Receipt 1"), "{shown}");
        let invoice = led_to(&look(&format!("/orders/{order}/invoice")).await);
        let paper = text(&look(&invoice).await);
        for part in ["CGST 9 %", "₹1,179.00", "Rupees One Thousand One Hundred Seventy-Nine Only"]
        {
            assert!(paper.contains(part), "{part}: {paper}");
        }
        let receipt = format!("/orders/{order}/receipts/1");
        assert!(text(&look(&receipt).await).contains("103.181.91 (Package ID: 6)"));
        let pdfs = ["/account/statement/pdf", &format!("{invoice}/pdf"), &format!("{receipt}/pdf")]
            .map(str::to_owned);
        for path in &pdfs {
            assert!(is_pdf(&look(path).await), "{path}");
        }
        assert!(text(&look("/account/papers").await).contains(&invoice));
        let statement = text(&look("/account/statement").await);
        assert!(statement.contains("Invoice INV/") && statement.contains("bank transfer"));
        assert_eq!(look(&format!("/orders/{order}/receipts/2")).await.status, 404);
        assert_eq!(look(&format!("/orders/{order}/receipts/x")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_strangers_papers_are_on_no_page_and_in_no_answer() {
    for_each_database(async |test| {
        let house = taxed(test).await;
        let order = invoiced(&house, test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let led = house.ask(page(&format!("/orders/{order}/invoice")).with("cookie", &ada)).await;
        let invoice = led_to(&led);
        let eve = browser_of(&house, "eve@example.com").await;
        let paths = [
            invoice.clone(),
            format!("{invoice}/pdf"),
            format!("/orders/{order}/invoice"),
            format!("/orders/{order}/receipts/1"),
            format!("/orders/{order}/receipts/1/pdf"),
        ];
        for path in &paths {
            let answer = house.ask(page(path).with("cookie", &eve)).await;
            assert_eq!(answer.status, 404, "{path}: {}", text(&answer));
        }
        for path in ["/admin/papers", "/admin/papers/return.csv?sheet=b2cs&from=2026-11"] {
            assert_eq!(house.ask(page(path).with("cookie", &eve)).await.status, 403, "{path}");
        }
        let id = invoice.rsplit('/').next().unwrap();
        for path in [format!("/api/papers/{id}"), format!("/api/orders/{order}/papers")] {
            assert_eq!(house.ask(get(&path).by(&house.eve)).await.status, 404, "{path}");
            assert_eq!(house.ask(get(&path).by(&house.ada)).await.status, 200, "{path}");
        }
        for path in ["/api/papers", "/api/statement"] {
            let theirs = house.ask(get(path).by(&house.eve)).await.json();
            assert_eq!(theirs["items"].as_array().map(Vec::len), Some(0), "{theirs}");
            let own = house.ask(get(path).by(&house.ada)).await.json();
            assert!(own.to_string().contains("INV/"), "{own}");
        }
    })
    .await;
}

#[tokio::test]
async fn staff_see_all_papers_and_export_what_the_ledger_has() {
    for_each_database(async |test| {
        let house = taxed(test).await;
        let order = invoiced(&house, test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let look = async |path: &str| house.ask(page(path).with("cookie", &sue)).await;
        let all = house.ask(get("/api/admin/papers").by(&house.sue)).await.json();
        let at = Timestamp::parse(all["items"][0]["at"].as_str().unwrap()).unwrap();
        let month = house.engine.month_of(at);
        let unasked = text(&look("/admin/papers").await);
        assert!(
            !unasked.contains("Invoices and ledger") && unasked.contains("when you ask for it")
        );
        let list = text(&look(&format!("/admin/papers?month={month}")).await);
        assert!(list.contains("Invoices and ledger agree") && list.contains("INV/"), "{list}");
        assert!(list.contains("Nobody has entered who sells"), "{list}");
        assert!(list.contains(&format!("sheet=b2cs&amp;from={month}")), "{list}");
        let file = look(&format!("/admin/papers/return.csv?sheet=b2cs&from={month}")).await;
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let file = text(&file);
        assert!(file.starts_with("Type,Place Of Supply,") && file.contains(",999.00,"), "{file}");
        assert!(file.trim_end().ends_with("0.00,89.91,89.91"), "{file}");
        let same = get(&format!("/api/admin/gst-return?sheet=b2cs&from={month}")).by(&house.sue);
        assert_eq!(text(&house.ask(same).await), file);
        for wrong in ["sheet=b2cs&from=November", "sheet=x&from=2026-11"] {
            let answer = look(&format!("/admin/papers/return.csv?{wrong}")).await;
            assert!([404, 422].contains(&answer.status.as_u16()), "{wrong}");
        }
        let shown = text(&look(&format!("/admin/orders/{order}")).await);
        let (_, rest) = shown.split_once("/admin/accounts/").unwrap();
        let path = format!("/admin/accounts/{}", rest.split('"').next().unwrap());
        assert!(text(&look(&path).await).contains("Statement of account"));
        assert!(is_pdf(&look(&format!("{path}/pdf")).await));
    })
    .await;
}
