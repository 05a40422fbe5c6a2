//! Webhooks taken by the running program, each checked and on the disk before it is answered,
//! beside plain inserts of the same rows into the same kind of database.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::clock::Clock;
use domain::id::{AccountId, PaymentId};
use serde_json::json;

use berth::machine::Machine;

use crate::child::Simulator;
use crate::load::{Borne, at_once};
use crate::place::{Ground, Kind, connect};
use crate::raw;
use crate::served::{Line, Served};

pub const CONNECTIONS: usize = 16;
/// Nobody takes more of them in a measurement.
const PAYMENTS: usize = 400_000;
const SECRET: &str = "a secret that signs webhooks";
const PATH: &str = "/api/payment/simulated-webhook";
const INSERT: &str = "INSERT INTO webhook \
     (gateway, event, payment_id, body, received_at, asked_at) VALUES ('simulated', $1, $2, $3, 0, 0)";

/// The news of one payment.
struct News {
    event: String,
    payment: String,
    body: String,
}

impl News {
    fn of(payment: &str) -> News {
        let event = format!("evt_{payment}");
        let body = json!({
            "event": event, "type": "payment.captured", "createdAtMs": Machine.now().as_millis(),
            "payment": payment, "order": format!("ord_{payment}"), "status": "paid",
            "amountMinor": 99_900, "currency": "INR", "capture": format!("cap_{payment}"),
        });
        News { event, payment: payment.to_owned(), body: body.to_string() }
    }
}

/// Open payments that nobody has told of yet; clones share them.
#[derive(Clone)]
struct Payments(Arc<Mutex<Vec<String>>>);

impl Payments {
    fn next(&self) -> Result<News> {
        let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(News::of(&next.context("there were too few payments")?))
    }
}

/// By the program over HTTP: the signature is checked, the payment is found, the row is durable,
/// and a worker begins to ask the gateway.
pub async fn house(
    (kind, postgres): (Kind, Option<&str>),
    binary: &Path,
    lasts: Duration,
) -> Result<Borne> {
    let ground = Ground::new(kind, postgres).await?;
    ground.open().await?.close();
    let payments = filled(&ground).await?;
    let (upstream, gateway) = (Simulator::start(1, false)?, Simulator::gateway()?);
    let (folder, url, key) = (tempfile::tempdir()?, ground.url(), "07".repeat(32));
    let mut settings = upstream.settings().to_vec();
    settings.push(("SIMULATED_GATEWAY_BASE_URL", &gateway.url));
    settings.push(("SIMULATED_GATEWAY_KEY", "simulated-merchant"));
    settings.push(("SIMULATED_GATEWAY_WEBHOOK_SECRET", SECRET));
    // A gateway has many senders; one address alone would be told to come more slowly.
    settings.push(("BERTH_TRUSTED_PROXIES", "127.0.0.1"));
    let data = match &ground {
        Ground::File(folder) => folder.path(),
        Ground::Server { .. } => {
            settings.push(("DATABASE_URL", &url));
            settings.push(("BERTH_MASTER_KEY", &key));
            folder.path()
        }
    };
    let (served, _) = Served::start(binary, data, &settings).await?;
    let lines = served.lines(CONNECTIONS).await?;
    let taken = at_once(lines, lasts, move |mut line| {
        let news = payments.next();
        async move { tell(&mut line, &news?).await.map(|()| line) }
    });
    let taken = taken.await?;
    served.stop().await?;
    ground.remove().await?;
    Ok(taken)
}

async fn tell(line: &mut Line, news: &News) -> Result<()> {
    let second = Machine.now().as_millis() / 1_000;
    let signature = sim::gateway::sign(SECRET, &second.to_string(), news.body.as_bytes());
    let sender = Machine.now().as_micros() % 250;
    let headers = format!(
        "X-Gateway-Timestamp: {second}\r\nX-Gateway-Signature: {signature}\r\n\
         X-Forwarded-For: 10.0.0.{sender}\r\n"
    );
    let answer = line.post(PATH, &headers, &news.body).await?;
    ensure!(answer.status == 200, "{PATH} answered {}", answer.status);
    Ok(())
}

/// By hand: the same row, each in a transaction of its own.
pub async fn raw((kind, postgres): (Kind, Option<&str>), lasts: Duration) -> Result<Borne> {
    let ground = Ground::new(kind, postgres).await?;
    ground.open().await?.close();
    let payments = filled(&ground).await?;
    let taken = match &ground {
        Ground::File(folder) => {
            let connection = raw::embedded::connect(&folder.path().join("berth.db"))?;
            let shared = Arc::new(Mutex::new(connection));
            let all = vec![shared; CONNECTIONS];
            at_once(all, lasts, move |shared| {
                let news = payments.next();
                let inserted = tokio::task::spawn_blocking(move || {
                    let news = news?;
                    let connection = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    let row = (&news.event, &news.payment, news.body.as_bytes());
                    connection.prepare_cached(&INSERT.replace('$', "?"))?.execute(row)?;
                    drop(connection);
                    Ok(shared)
                });
                async move { inserted.await? }
            })
            .await?
        }
        Ground::Server { .. } => {
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                let client = connect(&ground.url()).await?;
                let statement = client.prepare(INSERT).await?;
                clients.push((client, statement));
            }
            at_once(clients, lasts, move |(client, statement)| {
                let news = payments.next();
                async move {
                    let News { event, payment, body } = news?;
                    client.execute(&statement, &[&event, &payment, &body.as_bytes()]).await?;
                    Ok((client, statement))
                }
            })
            .await?
        }
    };
    ground.remove().await?;
    Ok(taken)
}

/// Open payments of one customer, whose money may come at any moment.
async fn filled(ground: &Ground) -> Result<Payments> {
    let ids: Vec<String> =
        (0..PAYMENTS).map(|_| PaymentId::mint(Machine.now(), &Machine).to_string()).collect();
    let customer = AccountId::mint(Machine.now(), &Machine);
    let mut sql = format!(
        "INSERT INTO account (id, email, name, role, password_hash, created_at) \
         VALUES ('{customer}', 'ada@example.org', 'Ada', 'customer', '', 0);"
    );
    for some in ids.chunks(500) {
        let row = |id: &String| {
            format!(
                "('{id}', '{customer}', 'simulated', 'open', 99900, 'INR', 'ord_{id}', {{now}})"
            )
        };
        let rows: Vec<String> = some.iter().map(row).collect();
        sql += &format!(
            "INSERT INTO payment (id, account_id, gateway, state, amount_minor, currency, \
             gateway_order, created_at) VALUES {};",
            rows.join(", ")
        );
    }
    ground.fill(&sql.replace("{now}", &Machine.now().as_micros().to_string())).await?;
    Ok(Payments(Arc::new(Mutex::new(ids))))
}
