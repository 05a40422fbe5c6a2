//! `berth serve`: web, API and workers.

use anyhow::Context;
use clap::Args;
use engine::Engine;
use engine::secret::Secret;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use web::view::admin::settings::InForce;
use web::view::when::Zone;

use super::examples;
use crate::config::{Settled, in_force};
use crate::exit::{Exit, Stop};
use crate::machine::{self, Machine};
use crate::wire;

/// Run the shop: web, API and workers
#[derive(Debug, Args)]
#[command(
    before_help = "Migrates the database first. Any number may run over one PostgreSQL; over \
        one SQLite file only one may."
)]
#[command(after_help = examples(&[
    ("berth serve", "with the settings of environment and berth.toml"),
    ("BERTH_LISTEN=0.0.0.0:80 berth serve", "on another address"),
    ("berth serve --log-format json", "log lines for machines"),
]))]
pub struct Serve {}

/// Serves until it is told to stop.
pub async fn run(settled: &Settled) -> anyhow::Result<Exit> {
    let settings = &settled.settings;
    let guarded = wire::guard(settings).await?;
    let listener = listen(settings.server.listen).await?;
    let app_url = settings.app_url(listener.local_addr()?);
    let engine = wire::engine(settings, &app_url).await?;
    let secret = |token: &SecretString| Secret::new(token.expose_secret().to_owned());
    let sync_token = settings.sync.token.as_ref().map(secret);
    let metrics_token = settings.server.metrics_token.as_ref().map(secret);
    let look = web::Look::new(Zone::of(settings.shop.timezone.clone()), None);
    let proxies = web::Proxies::new(settings.server.trusted_proxies.0.clone());
    let in_force = in_force(settled);
    let house =
        House { engine: engine.clone(), sync_token, metrics_token, look, proxies, in_force };
    tracing::info!("serving {app_url}");
    let exit = serve(house, listener, std::future::ready(Ok(()))).await;
    engine.close();
    drop(guarded);
    exit
}

/// What is served.
pub struct House {
    pub engine: Engine,
    pub sync_token: Option<Secret>,
    pub metrics_token: Option<Secret>,
    pub look: web::Look,
    pub proxies: web::Proxies,
    /// For whoever looks at the settings.
    pub in_force: InForce,
}

pub async fn listen(address: std::net::SocketAddr) -> anyhow::Result<TcpListener> {
    let taken = || Stop::usage(format!("cannot listen on {address}: choose another BERTH_LISTEN"));
    TcpListener::bind(address).await.with_context(taken)
}

/// Web, API and workers until a signal; then no new permits, and the end when no purchase is
/// before its deadline.
pub async fn serve(
    house: House,
    listener: TcpListener,
    once_open: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Exit> {
    let engine = house.engine;
    engine.replay_journal().await.map_err(wire::at_start)?;
    let unfinished = web::serve::Unfinished::default();
    let router = web::router(web::App {
        engine: engine.clone(),
        sync_token: house.sync_token,
        metrics_token: house.metrics_token,
        readiness: std::sync::Arc::new(Parts(engine.clone())),
        chance: std::sync::Arc::new(Machine),
        look: house.look,
        proxies: house.proxies,
        in_force: std::sync::Arc::new(house.in_force),
        unfinished: unfinished.clone(),
    });
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let door = web::door::Door { listener, seats: seats() };
    let server = task(door.keep(router, stopped));
    let mut signals = Signals::listen()?;
    let (exit, told) = tokio::join!(working(engine, &mut signals), once_open);
    // Idle browsers would hold the door open: answers under way are waited for, streams are not.
    stop.send_replace(true);
    let shutting = async {
        _ = tokio::time::timeout(std::time::Duration::from_secs(3), server).await;
        _ = tokio::time::timeout(std::time::Duration::from_secs(5), unfinished.finished()).await;
    };
    tokio::select! {
        () = shutting => {}
        () = signals.next() => at_once(),
    }
    told?;
    exit
}

/// So many connections one process keeps, however many files it may open: some tens of megabytes.
const SEATS_MAX: usize = 8_192;
/// Files for everything but connections: databases, upstream, gateways, journal.
const OTHER_FILES: usize = 256;

fn seats() -> usize {
    machine::open_files_max().saturating_sub(OTHER_FILES).clamp(1, SEATS_MAX)
}

/// Workers without web and API.
pub async fn work(engine: Engine) -> anyhow::Result<Exit> {
    engine.replay_journal().await.map_err(wire::at_start)?;
    working(engine, &mut Signals::listen()?).await
}

async fn working(engine: Engine, signals: &mut Signals) -> anyhow::Result<Exit> {
    tracing::info!("working as {}", engine.node());
    let tending = task({
        let engine = engine.clone();
        async move { engine.tend().await }
    });
    let mut working = task({
        let engine = engine.clone();
        async move { engine.work().await }
    });
    let ended = tokio::select! {
        ended = &mut working => Some(ended),
        () = signals.next() => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            tracing::info!("stopping: no new purchases; waiting for those under way");
            engine.stop_working();
            tokio::select! {
                ended = &mut working => ended,
                () = signals.next() => at_once(),
            }
        }
    };
    tending.abort();
    ended?.map_err(wire::stop)?;
    Ok(Exit::Done)
}

/// The program's own tasks; their end is awaited above.
fn task<F>(work: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    #[allow(clippy::disallowed_methods, reason = "tasks of the program are started here")]
    tokio::spawn(work)
}

/// SIGTERM and Ctrl-C, listened for all the time: one that comes while the program is busy with
/// the one before counts too.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Told a second time: at once. What was sent is in the books, and the next start waits for its
/// deadline.
fn at_once() -> ! {
    std::process::exit(0)
}

/// What `/readyz` looks at.
struct Parts(Engine);

#[async_trait::async_trait]
impl web::Readiness for Parts {
    async fn parts(&self) -> Vec<web::Part> {
        let database = self.0.ping().await.err().map(|_| "the database does not answer".to_owned());
        let idle = (!self.0.is_working()).then(|| "workers are stopped".to_owned());
        vec![
            web::Part { name: "database", fault: database },
            web::Part { name: "workers", fault: idle },
        ]
    }
}
