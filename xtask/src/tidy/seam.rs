//! Rule `seam`: only `store/src/db.rs` and what is below `store/src/db/` name a database.
//! One text for both databases cannot drift apart; two copies do.
//! The checker below `sim/src/checker/` does so, too: it looks at the shop's tables beside the
//! store, because a checker that reads through the store shares the store's mistakes.

use super::Violation;
use super::files::{File, House};

const NAMES: [&str; 2] = ["sqlite", "postgres"];

pub fn check(house: &House) -> Vec<Violation> {
    let rooms = ["crates/store/", "crates/engine/", "crates/web/", "crates/sim/"];
    let files = rooms.iter().flat_map(|room| house.below(room));
    files.filter(|file| file.path.ends_with(".rs") && !is_seam(file)).flat_map(in_file).collect()
}

fn is_seam(file: &File) -> bool {
    let folders = ["crates/store/src/db/", "crates/sim/src/checker/"];
    file.path == "crates/store/src/db.rs"
        || folders.iter().any(|folder| file.path.starts_with(folder))
}

fn in_file(file: &File) -> Vec<Violation> {
    let lines = file.lines.iter().filter(|line| !line.test);
    lines
        .filter_map(|line| {
            let text = line.uncommented.to_lowercase();
            let name = NAMES.iter().find(|name| text.contains(**name))?;
            let what = format!("names {name}: let store/src/db.rs tell the databases apart");
            Some(Violation::new(&file.path, line.number, what))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_database_is_named_only_at_the_seam() {
        let text = "use tokio_postgres::Row;\nconst A: &str = \"SQLite\";\n";
        let said = places(
            check,
            &[
                ("crates/store/src/order.rs", text),
                ("crates/store/src/db.rs", text),
                ("crates/store/src/db/pool.rs", text),
                ("crates/engine/src/read.rs", "fn postgres() {}"),
                ("crates/sim/src/checker/read.rs", text),
                ("crates/sim/src/serve.rs", "fn postgres() {}"),
            ],
        );
        let expected = [
            "crates/engine/src/read.rs:1",
            "crates/sim/src/serve.rs:1",
            "crates/store/src/order.rs:1",
            "crates/store/src/order.rs:2",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn comments_and_tests_may_name_them() {
        let text = "// as PostgreSQL does\n#[cfg(test)]\nmod tests {\n    fn sqlite() {}\n}\n";
        let files = [("crates/store/src/order.rs", text), ("crates/web/tests/x.rs", "sqlite")];
        assert_eq!(places(check, &files), Vec::<String>::new());
    }
}
