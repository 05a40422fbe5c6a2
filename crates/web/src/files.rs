//! Our own style, script and mark. Their addresses carry a hash of what is in them, so that a
//! browser keeps each for a year and still never shows an old one.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// One file as it is served.
pub struct File {
    pub kind: &'static str,
    pub bytes: &'static [u8],
    name: String,
    url: String,
}

impl File {
    fn new(name: (&str, &str), kind: &'static str, bytes: &'static [u8]) -> File {
        let hash = hex::encode(&Sha256::digest(bytes)[..6]);
        let name = format!("{}.{hash}.{}", name.0, name.1);
        let url = format!("/static/{name}");
        File { kind, bytes, name, url }
    }
}

static ALL: LazyLock<[File; 3]> = LazyLock::new(|| {
    [
        File::new(
            ("berth", "css"),
            "text/css; charset=utf-8",
            include_bytes!("../static/berth.css"),
        ),
        File::new(
            ("berth", "js"),
            "text/javascript; charset=utf-8",
            include_bytes!("../static/berth.js"),
        ),
        File::new(("mark", "svg"), "image/svg+xml", include_bytes!("../static/mark.svg")),
    ]
});

/// The file of a name with its hash; an old name finds nothing.
pub fn named(name: &str) -> Option<&'static File> {
    ALL.iter().find(|file| file.name == name)
}

/// Where pages find the style sheet.
pub fn style() -> &'static str {
    &ALL[0].url
}

/// Where pages find the script.
pub fn script() -> &'static str {
    &ALL[1].url
}

/// Where pages find the mark.
pub fn mark() -> &'static str {
    &ALL[2].url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_the_name_that_pages_use() {
        for url in [style(), script(), mark()] {
            let name = url.strip_prefix("/static/").unwrap();
            assert!(named(name).is_some_and(|file| !file.bytes.is_empty()), "{url}");
        }
        assert!(named("berth.css").is_none() && named("../Cargo.toml").is_none());
    }
}
