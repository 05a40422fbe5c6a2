//! Starts the outside world alone, to try it with curl:
//! `cargo run -p sim --example outside`. Ends with Ctrl-C.

use std::io::Write;

use sim::{gateway, smartvps};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let outside =
        sim::serve_all(smartvps::Config::default(), vec![gateway::Config::default()]).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "SmartVPS  {}/api/oceansmart/…  (berth:simulated)", outside.smartvps.url())?;
    writeln!(out, "commands  {}/control", outside.smartvps.control_url())?;
    writeln!(out, "gateway   {}/v1/payments", outside.gateway.url())?;
    writeln!(out, "commands  {}/control", outside.gateway.control_url())?;
    drop(out);
    tokio::signal::ctrl_c().await
}
