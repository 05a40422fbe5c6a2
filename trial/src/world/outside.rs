//! The ways between a node and the outside world, in memory: a road to the upstream, one to the
//! mail server, a carrier to the gateway and one to staff's chats. The way back, webhooks, is the
//! world's own.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use engine::mail::Mailing;
use engine::notice::Noticing;
use http::header::{HOST, RETRY_AFTER};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use payment::{Carrier, Line, Reply, Silence, simulated};
use post::notice::Target;
use sim::chat::Channel;
use tokio::io::DuplexStream;
use upstream::line::{Duplex, Road};
use upstream::smartvps::SmartVps;
use web::view::mail::Words;
use web::view::when::Zone;

const MERCHANT_KEY: &str = "merchant";
const WEBHOOK_SECRET: &str = "whsec";
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

pub fn gateway_config(seed: u64) -> sim::gateway::Config {
    sim::gateway::Config {
        merchant_key: MERCHANT_KEY.into(),
        webhook_secret: WEBHOOK_SECRET.into(),
        seed,
        ..sim::gateway::Config::default()
    }
}

struct ToUpstream(sim::smartvps::InMemory);

impl Road for ToUpstream {
    fn go(&self) -> io::Result<Box<dyn Duplex>> {
        Ok(Box::new(self.0.call()?))
    }
}

/// The real adapter, by a road in memory.
pub fn upstream(sim: &sim::smartvps::InMemory) -> anyhow::Result<SmartVps> {
    let url = url::Url::parse("http://smartvps.example/")?;
    let settings = upstream::smartvps::Settings::new(url, "berth".into(), "simulated".into());
    Ok(SmartVps::by(settings, Arc::new(ToUpstream(sim.clone())))?)
}

/// One request over a connection of its own.
struct Talking<C>(C);

#[async_trait]
impl<C: Fn() -> io::Result<DuplexStream> + Send + Sync> Carrier for Talking<C> {
    async fn exchange(&self, request: http::Request<Vec<u8>>) -> Result<Reply, Silence> {
        match tokio::time::timeout(PATIENCE, self.talk(request)).await {
            Ok(reply) => reply,
            Err(_) => Err(Silence::Lost { reason: "no answer in time".to_owned() }),
        }
    }
}

impl<C: Fn() -> io::Result<DuplexStream> + Send + Sync> Talking<C> {
    async fn talk(&self, request: http::Request<Vec<u8>>) -> Result<Reply, Silence> {
        let lost = |error: &dyn std::error::Error| Silence::Lost { reason: error.to_string() };
        let stream = (self.0)();
        let stream = stream.map_err(|error| Silence::NotSent { reason: error.to_string() })?;
        let talking = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await;
        let (mut sender, connection) = talking.map_err(|error| lost(&error))?;
        let (mut head, body) = request.into_parts();
        head.headers.insert(HOST, http::HeaderValue::from_static("outside.example"));
        head.uri = head.uri.path().parse().map_err(|error| lost(&error))?;
        let request = http::Request::from_parts(head, Full::new(Bytes::from(body)));
        let talk = async {
            let reply = sender.send_request(request).await.map_err(|error| lost(&error))?;
            let status = reply.status().as_u16();
            let retry_after = reply.headers().get(RETRY_AFTER);
            let retry_after = retry_after.and_then(|after| after.to_str().ok()).map(str::to_owned);
            let body = reply.into_body().collect().await.map_err(|error| lost(&error))?;
            Ok(Reply { status, retry_after, body: body.to_bytes().to_vec() })
        };
        // The connection ends with the talk: it belongs to whoever talks, and dies with it.
        let mut talk = std::pin::pin!(talk);
        tokio::select! {
            biased;
            reply = &mut talk => return reply,
            _ = connection => {}
        }
        talk.await
    }
}

/// The real adapter, by a carrier in memory.
pub fn gateway(sim: &sim::gateway::InMemory) -> anyhow::Result<simulated::Adapter> {
    let keys = simulated::Keys {
        merchant_key: MERCHANT_KEY.into(),
        webhook_secret: WEBHOOK_SECRET.into(),
    };
    let base = url::Url::parse("http://gateway.example/")?;
    let sim = sim.clone();
    let line = Line::by(simulated::NAME, base, Arc::new(Talking(move || sim.call())))?;
    Ok(simulated::Adapter::new(keys, line))
}

struct ToMail(sim::mail::InMemory);

impl post::smtp::Road for ToMail {
    fn go(&self) -> io::Result<Box<dyn post::smtp::Duplex>> {
        Ok(Box::new(self.0.call()?))
    }
}

/// The real words over the real adapter, by a road in memory.
pub fn mailing(mail: &sim::mail::InMemory) -> anyhow::Result<Mailing> {
    let smtp = post::smtp::Smtp::by(Arc::new(ToMail(mail.clone())), "shop@example.org")?;
    let words = Words { zone: Zone::default(), app_url: "http://shop.example".to_owned() };
    Ok(Mailing { words: Arc::new(words), post: Arc::new(smtp) })
}

/// What the receiver of webhooks checks signatures with.
pub const CHAT_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

/// The real requests, by a carrier in memory; nothing where there is no chat.
pub fn noticing(
    chats: &sim::chat::InMemory,
    channels: &[Channel],
) -> anyhow::Result<Option<Noticing>> {
    if channels.is_empty() {
        return Ok(None);
    }
    let targets = channels.iter().map(|channel| target(chats, *channel)).collect::<Result<_, _>>();
    let targets = targets.map_err(anyhow::Error::msg)?;
    let chats = chats.clone();
    Ok(Some(Noticing { targets, carrier: Arc::new(Talking(move || chats.call())) }))
}

fn target(chats: &sim::chat::InMemory, channel: Channel) -> Result<Target, String> {
    let written = chats.target_at("http://chats.example", channel);
    let (word, address) = written.split_once(':').ok_or("a target without a channel")?;
    let channel = post::notice::Channel::parse(word).ok_or("a channel that nobody knows")?;
    Target::parse(channel, address)
}
