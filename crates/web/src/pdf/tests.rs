//! What is drawn is drawn whole: every page, every sum, and nothing beside the paper.

use super::*;
use crate::view::paper::{sample_papers, sample_receipt, sample_statement};
use crate::view::when::Zone;

/// As much of a page as its marks tell, in the order in which they are drawn.
fn told(page: &[Mark]) -> String {
    let text = |mark: &Mark| match mark {
        Mark::Text { run, .. } => Some(format!("{run:?}")),
        Mark::Rule { .. } => None,
    };
    page.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

fn latin() -> Sheet {
    Sheet::of(&sample_papers()[0], &Zone::default())
}

#[test]
fn an_invoice_is_one_page_with_its_number_parties_taxes_and_words() {
    let pages = layout::pages(&latin()).unwrap();
    assert_eq!(pages.len(), 1);
    let told = told(&pages[0]);
    for part in [
        "Tax invoice",
        "INV/26-27/000042",
        "GSTIN 27AAPFU0939F1ZV",
        "Karnataka (29)",
        "998315",
        "IGST 18 %",
        "₹1,792.00",
        "₹2,705.00",
        "Rupees Two Thousand Seven Hundred Five Only",
        "Page 1 of 1",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    assert!(drawn(&latin()).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn a_long_statement_has_every_row_and_its_head_on_every_page() {
    let now = sample_statement(1).rows.items[0].at;
    let sheet = Sheet::of_statement(&sample_statement(200), &Zone::default(), now);
    let pages = layout::pages(&sheet).unwrap();
    assert!(pages.len() > 3);
    let count = pages.len();
    let mut rows = 0;
    for (at, page) in pages.iter().enumerate() {
        let told = told(page);
        assert!(told.contains(&format!("Page {} of {count}", at + 1)), "{told}");
        let on_it = told.matches("21 Nov 2026").count();
        assert!(on_it == 0 || told.contains("Credit"), "{told}");
        rows += on_it;
    }
    // One more stands in the facts.
    assert_eq!(rows, 201);
    assert!(drawn(&sheet).unwrap().len() > 1_000);
}

#[test]
fn nothing_is_drawn_beside_the_paper() {
    let now = sample_statement(1).rows.items[0].at;
    let mut long = latin();
    long.buyer[0] =
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten".repeat(3);
    long.rows[0][0] = "word ".repeat(200);
    for sheet in [
        long,
        Sheet::of_receipt(&sample_receipt(), &Zone::default()),
        Sheet::of_statement(&sample_statement(80), &Zone::default(), now),
    ] {
        for mark in layout::pages(&sheet).unwrap().iter().flatten() {
            let (left, right, low) = match mark {
                Mark::Text { x, y, size, run, .. } => (*x, x + run.width * size, *y),
                Mark::Rule { from, to, .. } => (from.0, to.0, to.1),
            };
            assert!(left >= 47.0 && right <= 548.0 && low <= 842.0 - 30.0, "{mark:?}");
        }
    }
}

#[test]
fn a_name_in_devanagari_is_drawn_whole_or_refused_with_what_to_install() {
    let sheet = Sheet::of(&sample_papers()[1], &Zone::default());
    let has_letters = font::shaped("क", font::Weight::Regular).is_ok();
    match drawn(&sheet) {
        Ok(bytes) => assert!(has_letters && bytes.starts_with(b"%PDF-")),
        Err(error) => {
            assert!(!has_letters);
            assert!(error.to_string().contains("fonts-lohit-deva"), "{error}");
        }
    }
}
