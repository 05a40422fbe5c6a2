//! One target under LLVM's fuzzer, as `cargo xtask fuzz` calls it: the target's name and a folder
//! for its seeds come in variables, because the command line is the fuzzer's.
//! Without the feature `guided` there is nothing to run.

#![cfg_attr(feature = "guided", no_main)]

#[cfg(feature = "guided")]
mod guided {
    use std::path::Path;
    use std::sync::OnceLock;

    use fuzz::Target;

    static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

    /// Writes the seeds where the fuzzer looks for them; without a target tells which there are.
    fn begin() {
        let Ok(name) = std::env::var("BERTH_FUZZ_TARGET") else {
            fuzz::ALL.iter().for_each(|target| println!("{}", target.name));
            std::process::exit(0);
        };
        // A failure of ours says in the log what it was, and in its answer only that it was.
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
            .with_writer(std::io::stderr)
            .init();
        let folder = std::env::var_os("BERTH_FUZZ_SEEDS").expect("BERTH_FUZZ_SEEDS is a folder");
        let target = fuzz::named(&name).expect("a target of that name");
        for (number, seed) in (target.seeds)().iter().enumerate() {
            let path = Path::new(&folder).join(format!("{number:05}"));
            std::fs::write(path, seed).expect("a seed can be written");
        }
        CHOSEN.get_or_init(|| target);
    }

    libfuzzer_sys::fuzz_target!(
        init: { begin(); },
        |bytes: &[u8]| if let Some(target) = CHOSEN.get() { (target.run)(bytes) }
    );
}

#[cfg(not(feature = "guided"))]
fn main() {
    println!("cargo xtask fuzz builds and runs this");
}
