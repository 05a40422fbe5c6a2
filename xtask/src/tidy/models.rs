//! Rule `models`: one model per concept. A second type for a product, a package or an order is how
//! a paid order once lost its server: two models for one plan, and the lookup asked the wrong one.

use super::Violation;
use super::files::House;
use super::words::name_after;

/// Each of these is defined once in the rooms of the house. The simulators are another world.
const MODELS: [&str; 4] = ["Order", "Package", "Price", "Product"];
const ROOMS: [&str; 6] = [
    "crates/domain/src/",
    "crates/store/src/",
    "crates/upstream/src/",
    "crates/payment/src/",
    "crates/engine/src/",
    "crates/web/src/",
];

pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for model in MODELS {
        let mut first: Option<String> = None;
        for file in house.rust().filter(|file| ROOMS.iter().any(|room| file.path.starts_with(room)))
        {
            for line in file.lines.iter().filter(|line| !line.test) {
                if name_after(&line.code, &["struct ", "enum "]) != Some(model) {
                    continue;
                }
                match &first {
                    None => first = Some(file.path.clone()),
                    Some(known) => {
                        let what = format!("a second {model}, beside the one in {known}: use that");
                        found.push(Violation::new(&file.path, line.number, what));
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_second_model_of_a_concept_is_found() {
        let files = [
            ("crates/domain/src/product.rs", "pub struct Product {}\n"),
            ("crates/web/src/shop.rs", "struct Product;\n"),
            ("crates/sim/src/product.rs", "pub struct Product;\n"),
        ];
        assert_eq!(places(check, &files), ["crates/web/src/shop.rs:1"]);
    }

    #[test]
    fn longer_names_are_no_second_model() {
        let files = [
            ("crates/domain/src/order.rs", "pub struct Order {}\n"),
            ("crates/engine/src/new.rs", "pub struct NewOrder {}\nfn order(order: Order) {}\n"),
        ];
        assert!(places(check, &files).is_empty());
    }
}
