//! Rule `story`: every public operation of the store (the methods of `Tx` and `Db`) appears in the
//! story that both databases must tell.
//! A method the story leaves out works on one database, perhaps.

use super::Violation;
use super::files::{File, House};
use super::rust::block;
use super::words::{has, name_after};

const ROOM: &str = "crates/store/src/";
const STORY: &str = "crates/store/tests/story.rs";
/// The blocks whose public methods other rooms call.
const OFFERING: [&str; 3] = ["impl Tx<'_> {", "impl<'a> Tx<'a> {", "impl Db {"];
const CHAPTERS: &str = "crates/store/tests/story/";

pub fn check(house: &House) -> Vec<Violation> {
    let story: Vec<&File> =
        house.rust().filter(|file| file.path == STORY || file.path.starts_with(CHAPTERS)).collect();
    let told =
        |name: &str| story.iter().any(|file| file.lines.iter().any(|line| has(&line.code, name)));
    let mut found = Vec::new();
    for file in house.below(ROOM) {
        for (line, name) in public_methods(file) {
            if !told(name) {
                let what = format!("{name} is not in the story: tell it below {CHAPTERS}");
                found.push(Violation::new(&file.path, line, what));
            }
        }
    }
    found
}

/// The methods that these blocks offer to other rooms, with their lines.
fn public_methods(file: &File) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (start, opening) in file.lines.iter().enumerate() {
        let ours = OFFERING.iter().any(|block| opening.code.starts_with(block));
        if !ours || opening.test {
            continue;
        }
        let Some((first, last)) = block(&file.lines, start) else { continue };
        for line in &file.lines[first..=last] {
            let code = line.code.trim_start();
            let offered = ["pub fn ", "pub async fn ", "pub const fn "];
            if offered.iter().any(|offer| code.starts_with(offer)) {
                found.extend(name_after(code, &["fn "]).map(|name| (line.number, name)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    const SOURCE: &str = "\
impl Tx<'_> {
    pub async fn record(&self) {}
    pub fn order(&self) -> Order {
        body()
    }
    pub(crate) fn inner(&self) {}
    fn own(&self) {}
}
impl Other {
    pub fn elsewhere(&self) {}
}
";

    #[test]
    fn a_method_that_the_story_leaves_out_is_found() {
        let story = "//! x\nstore.record().await; // and order\n";
        let files = [("crates/store/src/order.rs", SOURCE), (STORY, story)];
        assert_eq!(places(check, &files), ["crates/store/src/order.rs:3"]);
    }

    #[test]
    fn a_method_may_stand_in_any_chapter() {
        let chapter = ("crates/store/tests/story/orders.rs", "store.order(); store.record();");
        let files = [("crates/store/src/order.rs", SOURCE), chapter];
        assert_eq!(places(check, &files), Vec::<String>::new());
    }
}
