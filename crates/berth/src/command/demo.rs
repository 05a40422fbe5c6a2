//! `berth demo`: a whole shop on this machine, with a simulated upstream and gateway.

mod gateways;
mod panel;
mod people;
mod shelf;
mod story;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use engine::Engine;
use sim::Outside;

use super::{Report, examples, serve};
use crate::config::{Given, Settled, in_force, value};
use crate::exit::{Exit, Stop};
use crate::log::{self, Format, Level};
use crate::paint::{Paint, print};
use crate::wire;
use people::SignIn;

/// Open a whole shop on this machine, with everything around it simulated
#[derive(Debug, Args)]
#[command(before_help = "Starts the shop, an upstream and a gateway, fills the \
        catalogue, and prints links and sign-ins. Nothing to configure: accounts \
        of a real shop are left alone.")]
#[command(after_help = examples(&[
    ("berth demo", "open the shop and tell a first run"),
    ("berth demo --json", "one line with links and sign-ins, then the shop runs on"),
    ("berth demo --data-dir ./demo", "keep orders for the next time"),
]))]
pub struct Demo {
    /// Address and port of the shop.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    #[arg(value_parser = value::listen)]
    pub listen: SocketAddr,

    /// Keep the data in this directory [else new each time].
    #[arg(long, value_name = "DIRECTORY", value_parser = value::path)]
    pub data_dir: Option<PathBuf>,

    #[command(flatten)]
    pub report: Report,

    /// Tell the first run without pauses.
    #[arg(long)]
    pub no_wait: bool,
}

/// What the demo's settings begin with: the environment's limits and pauses, but no account of a
/// real shop and no settings file. The simulators' addresses are set once they listen.
pub fn given(args: &Demo, data_dir: &Path) -> Given {
    let given = Given::environment()
        .without_accounts()
        .set("BERTH_LISTEN", args.listen.to_string())
        .set("BERTH_DATA_DIR", data_dir.display().to_string())
        .set("BERTH_GATEWAYS", "simulated,razorpay,cashfree,upi,stripe");
    // Short enough to watch; whoever sets them in the environment knows better.
    QUICK
        .iter()
        .filter(|(name, _)| std::env::var_os(name).is_none())
        .fold(given, |given, (name, value)| given.set(name, *value))
}

const QUICK: [(&str, &str); 5] = [
    ("BERTH_PURCHASE_TIMEOUT", "20s"),
    ("BERTH_PURCHASE_TAIL", "30s"),
    ("BERTH_OFFER_AFTER", "20s"),
    ("BERTH_PAYMENT_POLL_EVERY", "5s"),
    ("BERTH_SYNC_EVERY", "30s"),
];
const UPSTREAM_USER: &str = "berth";
const UPSTREAM_PASSWORD: &str = "simulated";

/// Opens the shop, tells a first run, and serves until it is told to stop.
pub async fn run(args: &Demo, format: Option<Format>) -> anyhow::Result<Exit> {
    let data = Data::open(args)?;
    let outside = outside(args).await?;
    let listener = listen(args).await?;
    let bound = listener.local_addr()?;
    let settled = settled(args, &data.path, &outside, bound)?;
    let settings = &settled.settings;
    let level = settings.log.level.clone().unwrap_or_else(Level::error);
    let log = &settings.log;
    let _traces = log::start(format.unwrap_or(log.format), level, log.traces_to.as_deref())?;
    let guarded = wire::guard(settings).await?;
    let url = settings.app_url(bound);
    gateways::tell_where_to_send_news(&outside, &url);
    let engine = wire::engine(settings, &url).await?;
    people::remember_servers(&engine, &outside).await?;
    let sign_ins = people::sign_ins(&engine, &data.path).await.map_err(wire::stop)?;
    engine.sync().await.map_err(wire::stop)?;
    shelf::enter_costs(&engine).await.map_err(wire::stop)?;
    shelf::fill(&engine).await.map_err(wire::stop)?;
    shelf::tag(&engine).await.map_err(wire::stop)?;
    let look = panel::look(settings, &outside, &sign_ins);
    let proxies = web::Proxies::default();
    let (sync_token, metrics_token) = (None, None);
    let in_force = in_force(&settled);
    let house =
        serve::House { engine: engine.clone(), sync_token, metrics_token, look, proxies, in_force };
    let told = tell(args, engine, &outside, (&url, &sign_ins));
    let exit = serve::serve(house, listener, told).await;
    drop(guarded);
    exit
}

/// What is printed once the shop answers.
async fn tell(
    args: &Demo,
    engine: Engine,
    outside: &Outside,
    (url, sign_ins): (&str, &[SignIn]),
) -> anyhow::Result<()> {
    if args.report.json {
        let line = serde_json::json!({
            "url": url,
            "simulator": outside.smartvps.control_url(),
            "gateway": outside.gateway.control_url(),
            "gateways": gateways::control_urls(outside),
            "mail": outside.mail.control_url(),
            "signIns": sign_ins,
        });
        print(&format!("{line}\n"))?;
        return Ok(());
    }
    print(&people::welcome(url, outside, sign_ins))?;
    if sign_ins.iter().any(|sign_in| sign_in.is_new) {
        story::tell(&engine, outside, sign_ins, !args.no_wait).await?;
    }
    let paint = Paint::stdout();
    print(&format!("\nThe shop is open at {}  Stop it with Ctrl-C.\n", paint.bold(url)))?;
    Ok(())
}

/// Where the demo's data lies; thrown away at the end unless it was named.
struct Data {
    path: PathBuf,
    thrown_away: bool,
}

impl Data {
    fn open(args: &Demo) -> anyhow::Result<Data> {
        let (path, thrown_away) = match &args.data_dir {
            Some(path) => (path.clone(), false),
            None => {
                let mut random = [0; 8];
                domain::id::Chance::fill(&crate::machine::Machine, &mut random);
                (std::env::temp_dir().join(format!("berth-demo-{}", hex::encode(random))), true)
            }
        };
        std::fs::create_dir_all(&path)
            .with_context(|| Stop::usage(format!("cannot make {}", path.display())))?;
        Ok(Data { path, thrown_away })
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if self.thrown_away {
            // A folder of the system's temporary ones: what stays is cleared by the system.
            _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// The upstream and the gateways, answering as slowly as people like to watch.
async fn outside(args: &Demo) -> anyhow::Result<Outside> {
    let mut random = [0; 8];
    domain::id::Chance::fill(&crate::machine::Machine, &mut random);
    let seed = u64::from_be_bytes(random);
    let mut smartvps = sim::smartvps::Config { seed, ..sim::smartvps::Config::default() };
    if !args.no_wait {
        smartvps.settings.password_delay_ms = 4_000;
    }
    sim::serve_all(smartvps, gateways::configs(seed, !args.no_wait))
        .await
        .with_context(|| Stop::unreachable("the simulators cannot listen on this machine"))
}

/// The address that was asked for; where nobody asked and it is taken, any free one.
async fn listen(args: &Demo) -> anyhow::Result<tokio::net::TcpListener> {
    let usual = args.listen == SocketAddr::from(([127, 0, 0, 1], 8080));
    match tokio::net::TcpListener::bind(args.listen).await {
        Err(_) if usual => serve::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await,
        Err(_) => serve::listen(args.listen).await,
        Ok(listener) => Ok(listener),
    }
}

fn settled(
    args: &Demo,
    data_dir: &Path,
    outside: &Outside,
    bound: SocketAddr,
) -> anyhow::Result<Settled> {
    let given = given(args, data_dir)
        .set("BERTH_LISTEN", bound.to_string())
        .set("SMARTVPS_BASE_URL", outside.smartvps.url())
        .set("SMARTVPS_USERNAME", UPSTREAM_USER)
        .set("SMARTVPS_PASSWORD", UPSTREAM_PASSWORD)
        .set("BERTH_SMTP_URL", outside.mail.smtp_url())
        .set("BERTH_MAIL_FROM", "Berth <shop@demo.example>")
        .set("BERTH_ALERT_URLS", "mailto:admin@demo.example");
    Ok(gateways::accounts(given, outside).settle()?)
}
