//! Named moments between durable steps, at which a test can hold this process and then kill or
//! freeze it. In a release build they are nothing at all.

/// Waits here while a test wants it: `HOUSE_HOLD_AT` names the point, `HOUSE_HOLD_FILE` the file
/// that lets the process go on when it is gone. That it waits is told on standard error.
#[cfg(debug_assertions)]
pub(crate) async fn point(name: &str) {
    use std::sync::OnceLock;
    use std::time::Duration;

    static HOLD: OnceLock<Option<(String, std::path::PathBuf)>> = OnceLock::new();
    let hold = HOLD.get_or_init(|| {
        let file = std::env::var_os("HOUSE_HOLD_FILE")?;
        Some((std::env::var("HOUSE_HOLD_AT").ok()?, file.into()))
    });
    let Some((at, file)) = hold else { return };
    if at != name || !file.exists() {
        return;
    }
    eprintln!("held at {name}");
    while file.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[cfg(not(debug_assertions))]
pub(crate) async fn point(_name: &str) {}
