//! Writes every sample of every page and mail into a folder, to be looked at in a browser without a
//! shop: `cargo run -p web --example pages -- /tmp/pages`. Serve the folder, so that `/static` is
//! found.

use std::error::Error;
use std::path::PathBuf;

use engine::mail::Words as _;
use web::view::mail::Words;
use web::view::when::Zone;

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
    let words = Words { zone: Zone::default(), app_url: "https://shop.example.com".into() };
    for sample in web::view::mail::every_sample() {
        let mail = words.word(&sample.told)?;
        let name = format!("mail-{}.html", sample.address());
        println!("{name}  {} bytes", mail.html.len());
        std::fs::write(folder.join(name), mail.html)?;
    }
    Ok(())
}
