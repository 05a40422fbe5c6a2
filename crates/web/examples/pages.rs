//! Writes every sample of every page into a folder, to be looked at in a browser without a shop:
//! `cargo run -p web --example pages -- /tmp/pages`. Serve the folder, so that `/static` is found.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name the folder to write to")?;
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(folder.join("static"))?;
    for url in [web::files::style(), web::files::script(), web::files::mark()] {
        let name = url.trim_start_matches("/static/");
        let file = web::files::named(name).ok_or("a file without a name")?;
        std::fs::write(folder.join("static").join(name), file.bytes)?;
    }
    for (name, html) in web::view::every_sample() {
        let html = html?;
        println!("{name}.html  {} bytes", html.len());
        std::fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
