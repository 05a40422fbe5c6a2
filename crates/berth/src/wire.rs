//! The one place where all parts are joined: settings become an engine over an open database.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use domain::clock::Clock;
use domain::id::NodeId;
use engine::mail::Mailing;
use engine::notice::Noticing;
use engine::{Engine, Error, Parts, Provider};
use payment::{Line, Network, cashfree, razorpay, simulated, stripe, upi};
use post::smtp::Smtp;
use secrecy::ExposeSecret;
use store::db::{Db, Guarded, Hidden, Options, Place};
use store::point::Points;
use store::seal::Seal;
use upstream::smartvps::SmartVps;
use web::view::mail::Words;
use web::view::when::Zone;

use crate::config::database::DatabaseUrl;
use crate::config::gateways::GatewayAccount;
use crate::config::{self, Settings};
use crate::exit::Stop;
use crate::machine::{Here, Machine};

/// So many connections one process opens to a database server.
const CONNECTIONS: usize = 16;
/// A second server on the same data directory gives up after this long.
const LOCK_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Joins everything that a command needs, and brings the tables to the newest form.
pub async fn engine(settings: &Settings, app_url: &str) -> anyhow::Result<Engine> {
    fs::create_dir_all(&settings.data_dir)
        .with_context(|| Stop::usage(format!("cannot make {}", settings.data_dir.display())))?;
    let seal = Seal::new(master_key(settings)?);
    let db = Arc::new(migrated_database(settings).await?);
    let journal = Some(journal(settings)?);
    let engine = joined(settings, app_url, Opened { db, seal, journal })?;
    engine.check_master_key().await.map_err(at_start)?;
    engine.prepare_provider().await.map_err(at_start)?;
    Ok(engine)
}

/// What lies on disk, or on a server, and was opened.
pub struct Opened {
    pub db: Arc<Db>,
    pub seal: Seal,
    pub journal: Option<PathBuf>,
}

/// An engine over what was opened. Nothing is called and nothing is written.
pub fn joined(settings: &Settings, app_url: &str, opened: Opened) -> anyhow::Result<Engine> {
    Ok(Engine::new(Parts {
        db: opened.db,
        seal: opened.seal,
        clock: Arc::new(Machine),
        boot: Arc::new(Machine),
        chance: Arc::new(Machine),
        provider: Provider { id: "smartvps", upstream: Arc::new(smartvps(settings)?) },
        gateways: gateways(settings)?,
        mail: mailing(settings, app_url)?,
        notices: noticing(settings)?,
        host: Some(Arc::new(Here { folders: folders(settings) })),
        settings: limits(settings, app_url),
        node: NodeId::mint(Machine.now(), &Machine),
        journal: opened.journal,
    }))
}

/// Where this process writes.
fn folders(settings: &Settings) -> Vec<PathBuf> {
    let database = match settings.database_url() {
        DatabaseUrl::Sqlite(path) => path.parent().map(PathBuf::from),
        DatabaseUrl::Postgres(_) => None,
    };
    std::iter::once(settings.data_dir.clone()).chain(database).collect()
}

/// A wrong key is a wrong configuration; a database that is away cannot be reached.
pub fn at_start(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid { slug: "wrong-master-key", text } => Stop::usage(text).into(),
        other => stop(other),
    }
}

/// What a use case's refusal means for the exit code of a command.
pub fn stop(error: Error) -> anyhow::Error {
    match error {
        Error::Unavailable(_) | Error::Outside(_) => Stop::unreachable(error.to_string()).into(),
        Error::Invalid { .. } | Error::Malformed(_) | Error::Missing { .. } => {
            Stop::usage(error.to_string()).into()
        }
        other => Stop::wrong(other.to_string()).into(),
    }
}

fn journal(settings: &Settings) -> anyhow::Result<PathBuf> {
    let journal = settings.data_dir.join("journal");
    fs::create_dir_all(&journal)
        .with_context(|| Stop::usage(format!("cannot make {}", journal.display())))?;
    Ok(journal)
}

fn master_key(settings: &Settings) -> anyhow::Result<[u8; 32]> {
    let key = match &settings.server.master_key {
        Some(key) => key.clone(),
        None => config::master_key::load_or_make(&settings.data_dir, &Machine)
            .map_err(|fault| Stop::usage(fault.to_string()))?,
    };
    Ok(*key.bytes())
}

/// Opens the database as it is.
pub async fn database(settings: &Settings) -> store::db::Result<Db> {
    let place = match settings.database_url() {
        DatabaseUrl::Sqlite(path) => Place::File(path),
        DatabaseUrl::Postgres(url) => Place::Url(Hidden(url.expose_secret().to_owned())),
    };
    let options = Options { clock: Arc::new(Machine), connections: CONNECTIONS };
    Ok(Db::open(&place, &options).await?.with(Points::from_environment()))
}

async fn migrated_database(settings: &Settings) -> anyhow::Result<Db> {
    let cannot = |error: store::db::StoreError| Stop::unreachable(format!("database: {error}"));
    let db = database(settings).await.map_err(cannot)?;
    bring_up_to_date(&db).await?;
    Ok(db)
}

/// Migrates; a database that a newer program has migrated is refused.
pub async fn bring_up_to_date(db: &Db) -> anyhow::Result<()> {
    let cannot = |error: store::db::StoreError| Stop::unreachable(format!("database: {error}"));
    store::schema::migrate(db).await.map_err(cannot)?;
    let newer = db.read(|tx| tx.unknown_migrations()).await.map_err(cannot)?;
    if !newer.is_empty() {
        let text = format!("the database was migrated by a newer berth ({})", newer.join(", "));
        return Err(Stop::usage(text).into());
    }
    Ok(())
}

/// Only one process may serve an embedded database; others may look and command beside it.
pub async fn guard(settings: &Settings) -> anyhow::Result<Option<Guarded>> {
    if matches!(settings.database_url(), DatabaseUrl::Postgres(_)) {
        return Ok(None);
    }
    fs::create_dir_all(&settings.data_dir)
        .with_context(|| Stop::usage(format!("cannot make {}", settings.data_dir.display())))?;
    let waiting = std::time::Instant::now();
    loop {
        if let Some(guarded) = take_lock(&settings.data_dir)? {
            return Ok(Some(guarded));
        }
        if waiting.elapsed() > LOCK_WITHIN {
            let text = format!(
                "another berth serves the data in {}; stop it first, or give this one another \
                 BERTH_DATA_DIR",
                settings.data_dir.display()
            );
            return Err(Stop::usage(text).into());
        }
        // A process that was just killed may hold it for a moment longer.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

pub fn take_lock(directory: &Path) -> anyhow::Result<Option<Guarded>> {
    Guarded::take(directory)
        .with_context(|| Stop::usage(format!("cannot lock {}", directory.display())))
}

/// The upstream's adapter; calls nobody.
pub fn smartvps(settings: &Settings) -> anyhow::Result<SmartVps> {
    let from = &settings.smartvps;
    let base_url = read_url("SMARTVPS_BASE_URL", &from.base_url)?;
    let password = from.password.as_ref().map(|p| p.expose_secret().to_owned());
    let mut adapter = upstream::smartvps::Settings::new(
        base_url,
        from.username.clone().unwrap_or_default(),
        password.unwrap_or_default(),
    );
    adapter.prefix = from.prefix.clone();
    adapter.ipstock_method = from.ipstock_method;
    adapter.refusals = from.refusals.clone();
    SmartVps::new(adapter).map_err(|error| Stop::usage(error.to_string()).into())
}

fn read_url(name: &str, text: &str) -> anyhow::Result<url::Url> {
    url::Url::parse(text).map_err(|error| Stop::usage(format!("{name}: {error}")).into())
}

/// How long a buyer is kept waiting for a gateway.
const GATEWAY_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The adapters of all gateways with an account.
pub fn gateways(settings: &Settings) -> anyhow::Result<Vec<Arc<dyn payment::Gateway>>> {
    settings.gateways.accounts.iter().map(gateway).collect()
}

fn gateway(account: &GatewayAccount) -> anyhow::Result<Arc<dyn payment::Gateway>> {
    Ok(match account {
        GatewayAccount::Simulated { base_url, key, webhook_secret } => {
            let line = line(simulated::NAME, "SIMULATED_GATEWAY_BASE_URL", base_url)?;
            let (merchant_key, webhook_secret) = (key.clone(), webhook_secret.clone());
            let keys = simulated::Keys { merchant_key, webhook_secret };
            Arc::new(simulated::Adapter::new(keys, line))
        }
        GatewayAccount::Cashfree { base_url, app_id, secret_key } => {
            let line = line(cashfree::NAME, "CASHFREE_BASE_URL", base_url)?;
            let (app_id, secret_key) = (app_id.clone(), secret_key.clone());
            Arc::new(cashfree::Adapter::new(cashfree::Keys { app_id, secret_key }, line))
        }
        GatewayAccount::Stripe { base_url, secret_key, webhook_secret } => {
            let line = line(stripe::NAME, "STRIPE_BASE_URL", base_url)?;
            let (secret_key, webhook_secret) = (secret_key.clone(), webhook_secret.clone());
            Arc::new(stripe::Adapter::new(stripe::Keys { secret_key, webhook_secret }, line))
        }
        GatewayAccount::Razorpay { base_url, key_id, key_secret, webhook_secret } => {
            let line = line(razorpay::NAME, "RAZORPAY_BASE_URL", base_url)?;
            let (key_id, key_secret) = (key_id.clone(), key_secret.clone());
            let webhook_secret = webhook_secret.clone();
            let keys = razorpay::Keys { key_id, key_secret, webhook_secret };
            Arc::new(razorpay::Adapter::new(keys, line))
        }
        GatewayAccount::Upi { base_url, api_key } => {
            let line = line(upi::NAME, "UPI_GATEWAY_BASE_URL", base_url)?;
            Arc::new(upi::Adapter::new(upi::Keys { api_key: api_key.clone() }, line))
        }
    })
}

fn line(gateway: &'static str, setting: &str, base_url: &str) -> anyhow::Result<Line> {
    let base = read_url(setting, base_url)?;
    Line::network(gateway, base, GATEWAY_PATIENCE)
        .map_err(|error| Stop::usage(error.to_string()).into())
}

/// Whoever carries mail, and its words; nothing where no mail server is set.
fn mailing(settings: &Settings, app_url: &str) -> anyhow::Result<Option<Mailing>> {
    let Some(post) = post(settings)? else { return Ok(None) };
    let zone = Zone::of(settings.shop.timezone.clone());
    let words = Words { zone, app_url: app_url.to_owned() };
    Ok(Some(Mailing { words: Arc::new(words), post: Arc::new(post) }))
}

/// The way to the mail server.
pub fn post(settings: &Settings) -> anyhow::Result<Option<Smtp>> {
    let (Some(url), Some(from)) = (&settings.mail.smtp_url, &settings.mail.from) else {
        return Ok(None);
    };
    let (url, from) = (url.clone(), from.clone());
    let set = post::smtp::Settings { url, from, return_path: settings.mail.return_path.clone() };
    Ok(Some(Smtp::new(&set).map_err(|error| Stop::usage(error.to_string()))?))
}

/// How long a chat or a webhook may take to answer.
const NOTICE_PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);

/// The chats and webhooks of staff, and the way there; nothing where none is set.
pub fn noticing(settings: &Settings) -> anyhow::Result<Option<Noticing>> {
    let targets = settings.alert.notices();
    if targets.is_empty() {
        return Ok(None);
    }
    let carrier = Network::outward(NOTICE_PATIENCE).map_err(Stop::usage)?;
    Ok(Some(Noticing { targets, carrier: Arc::new(carrier) }))
}

/// What the owner has set, as far as the engine cares.
pub fn limits(settings: &Settings, app_url: &str) -> engine::Settings {
    let (stock, purchase) = (&settings.stock, &settings.purchase);
    engine::Settings {
        app_url: app_url.to_owned(),
        currency: settings.shop.currency,
        tax_rate: settings.tax.rate,
        tax_mode: settings.tax.mode,
        round_totals: settings.tax.round_totals,
        papers: engine::Papers {
            zone: settings.shop.timezone.clone(),
            invoice_prefix: settings.papers.invoice_prefix.clone(),
            credit_note_prefix: settings.papers.credit_note_prefix.clone(),
            sac: settings.papers.sac.clone(),
        },
        stock_warn_at: stock.warn_at.iter().copied().map(i64::from).collect(),
        stock_disable_at: i64::from(stock.disable_at),
        stock_buffer: i64::from(stock.buffer),
        // Without an account at the upstream nobody is asked for a list.
        sync_every: if settings.smartvps.is_on() {
            settings.sync.every
        } else {
            std::time::Duration::MAX
        },
        sync_failing_after: settings.sync.failing_after,
        reserve_for: stock.reserve_for,
        reserve_max: i64::from(stock.reserve_max),
        purchase_timeout: purchase.timeout,
        purchase_tail: purchase.tail,
        credentials_after: purchase.credentials_after,
        offer_after: purchase.offer_after,
        pause_after_unheard: purchase.pause_after_unheard.number().map(i64::from),
        loss_budget: purchase.loss_budget_in(settings.shop.currency),
        lapse_after: purchase.lapse_after,
        payment_poll_every: settings.payment.poll_every,
        alert_mails: settings.alert.mails(),
        gateways_offered: Some(settings.gateways.offered.iter().map(|one| one.name()).collect()),
        ..engine::Settings::defaults()
    }
}
