//! Finds the languages that pages can be in, so that adding one is adding its file.
//! Not for reading them: that is done once, when the first page is asked for.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=languages");
    let room = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let into = env::var("OUT_DIR").map_err(io::Error::other)?;
    let files = fs::read_dir(Path::new(&room).join("languages"))?;
    let mut files: Vec<PathBuf> = files.map(|file| Ok(file?.path())).collect::<io::Result<_>>()?;
    files.sort();
    let mut list = String::from("[");
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "ftl")) {
        let code = file.file_stem().unwrap_or_default();
        _ = write!(list, "({code:?}, include_str!({file:?})),");
    }
    list.push(']');
    fs::write(Path::new(&into).join("languages.rs"), list)
}
