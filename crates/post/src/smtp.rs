//! Mail over SMTP. Connections are kept and used again, but only after a talk that came to its
//! end: what is still on its way on any other could be taken for the answer to the next mail.
//! Not for TLS or the words of SMTP themselves: those are lettre's.

mod message;
mod near;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as Told;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
pub use near::Duplex;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{Carried, Letter, Post, Trouble};

/// So long the whole talk about one mail may last.
const WITHIN: Duration = Duration::from_secs(30);
/// So many connections lie ready.
const READY_MAX: usize = 4;
/// Codes that speak of our own account and not of the mail.
const ABOUT_US: [u16; 6] = [454, 500, 530, 534, 535, 538];

/// Where mail goes and in whose name.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `smtp://` or `smtps://`, with user and password where it wants them. `?ca=` names a file
    /// with the certificate (PEM) that signed the server's, where it is none of the public ones.
    pub url: SecretString,
    /// `shop@example.com` or `My Shop <shop@example.com>`.
    pub from: String,
    /// Where reports of what could not be delivered go; to the sender where it is not set.
    pub return_path: Option<String>,
}

/// A way to a mail server that is not TCP: for worlds that run inside one process.
pub trait Road: Send + Sync {
    fn go(&self) -> io::Result<Box<dyn Duplex>>;
}

/// One mail server.
pub struct Smtp {
    server: Server,
    from: Mailbox,
    return_path: Address,
    ready: Mutex<Vec<AsyncSmtpConnection>>,
}

enum Server {
    Far {
        host: String,
        port: u16,
        secured: Secured,
        tls: TlsParameters,
        credentials: Option<Credentials>,
    },
    Near(Arc<dyn Road>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Secured {
    FromTheStart,
    /// Where the server offers it; a password leaves no other way.
    OnceItOffers,
}

/// What was set cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotBuild {
    #[error("the address of the mail server cannot be read")]
    Url,
    #[error("the sender {0:?} is no mail address")]
    From(String),
    #[error("{0:?} is no mail address that reports could come back to")]
    ReturnPath(String),
    #[error("the mail server's certificate cannot be checked with {path}: {why}")]
    Ca { path: String, why: String },
    #[error("no TLS for the mail server: {0}")]
    Tls(String),
}

impl Smtp {
    pub fn new(settings: &Settings) -> Result<Smtp, CannotBuild> {
        let url = Url::parse(settings.url.expose_secret()).map_err(|_| CannotBuild::Url)?;
        let (secured, usual_port) = match url.scheme() {
            "smtps" => (Secured::FromTheStart, 465),
            "smtp" => (Secured::OnceItOffers, 587),
            _ => return Err(CannotBuild::Url),
        };
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let password = url.password().unwrap_or_default();
        let credentials = (!url.username().is_empty())
            .then(|| Credentials::new(plain(url.username()), plain(password)));
        let host = url.host_str().ok_or(CannotBuild::Url)?.to_owned();
        let server = Server::Far {
            tls: tls(&host, &url)?,
            host,
            port: url.port().unwrap_or(usual_port),
            secured,
            credentials,
        };
        Smtp::of(server, &settings.from, settings.return_path.as_deref())
    }

    /// As `new`, to a server at the end of another road.
    pub fn by(road: Arc<dyn Road>, from: &str) -> Result<Smtp, CannotBuild> {
        Smtp::of(Server::Near(road), from, None)
    }

    fn of(server: Server, from: &str, back: Option<&str>) -> Result<Smtp, CannotBuild> {
        let from: Mailbox = from.parse().map_err(|_| CannotBuild::From(from.to_owned()))?;
        let return_path = match back {
            Some(back) => back.parse().map_err(|_| CannotBuild::ReturnPath(back.to_owned()))?,
            None => from.email.clone(),
        };
        Ok(Smtp { server, from, return_path, ready: Mutex::default() })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let us = ClientId::Domain(self.from.email.domain().to_owned());
        let away = |error: Told| Trouble::Away(words(&error));
        let (host, port, secured, tls, credentials) = match &self.server {
            Server::Far { host, port, secured, tls, credentials } => {
                (host, port, secured, tls.clone(), credentials)
            }
            Server::Near(road) => {
                let stream = road.go().map_err(|error| Trouble::Away(error.to_string()))?;
                let near = Box::new(near::Near(stream));
                let connected = AsyncSmtpConnection::connect_with_transport(near, &us).await;
                return connected.map_err(away);
            }
        };
        let unusable = |error: Told| Trouble::Unusable(words(&error));
        let at_once = (*secured == Secured::FromTheStart).then(|| tls.clone());
        let there = (host.as_str(), *port);
        let asked = AsyncSmtpConnection::connect_tokio1(there, Some(WITHIN), &us, at_once, None);
        let mut connection = asked.await.map_err(away)?;
        if *secured == Secured::OnceItOffers && connection.can_starttls() {
            connection.starttls(tls, &us).await.map_err(away)?;
        }
        let Some(credentials) = credentials else { return Ok(connection) };
        if !connection.is_encrypted() && !is_this_machine(host) {
            return Err(Trouble::Unusable(format!(
                "{host} offers no TLS, and a password is not sent without"
            )));
        }
        let ways = [Mechanism::Plain, Mechanism::Login];
        match connection.auth(&ways, credentials).await {
            Ok(_) => Ok(connection),
            Err(error) if error.is_permanent() => Err(unusable(error)),
            Err(error) => Err(away(error)),
        }
    }

    /// A connection that lies ready and still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Trouble> {
        loop {
            let kept = self.ready.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut kept) = kept else { return self.connect().await };
            if kept.test_connected().await {
                return Ok(kept);
            }
        }
    }

    /// For the next mail. A talk that broke off, or was given up, never comes here.
    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() < READY_MAX {
            ready.push(connection);
        }
    }

    async fn talk(&self, letter: &Letter) -> Carried {
        let message = match message::assembled(letter, &self.from, &self.return_path) {
            Ok(message) => message,
            Err(reason) => return Carried::Refused { reason },
        };
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(trouble) => return Carried::Later { reason: trouble.to_string() },
        };
        let told = connection.send(message.envelope(), &message.formatted()).await;
        match told {
            Ok(_) => {
                self.keep(connection);
                Carried::Taken
            }
            Err(error) if is_final(&error) => Carried::Refused { reason: words(&error) },
            Err(error) => Carried::Later { reason: words(&error) },
        }
    }
}

#[async_trait]
impl Post for Smtp {
    async fn carry(&self, letter: &Letter) -> Carried {
        let talked = tokio::time::timeout(WITHIN, self.talk(letter)).await;
        talked.unwrap_or_else(|_| Carried::Later { reason: late() })
    }

    async fn look(&self) -> Result<(), Trouble> {
        let looking = async {
            let mut connection = self.connect().await?;
            // A server that does not care for our farewell has told what it was asked.
            drop(connection.quit().await);
            Ok(())
        };
        let looked = tokio::time::timeout(WITHIN, looking).await;
        looked.unwrap_or_else(|_| Err(Trouble::Away(late())))
    }
}

/// How the server proves who it is: by the public authorities, and by one of the shop's own.
fn tls(host: &str, url: &Url) -> Result<TlsParameters, CannotBuild> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some((_, path)) = url.query_pairs().find(|(name, _)| name == "ca") {
        let cannot = |why: String| CannotBuild::Ca { path: path.to_string(), why };
        let pem = std::fs::read(&*path).map_err(|error| cannot(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| cannot(words(&error)))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| CannotBuild::Tls(words(&error)))
}

fn late() -> String {
    format!("the mail server says nothing for {} seconds", WITHIN.as_secs())
}

/// A no that another try would only hear again. What is wrong with our own account is none: it
/// would make refused mails of all that wait.
fn is_final(error: &Told) -> bool {
    let code = error.status().map(u16::from);
    error.is_permanent() && code.is_some_and(|code| !ABOUT_US.contains(&code))
}

/// What went wrong, with what the server itself said.
fn words(error: &Told) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(deeper) = source {
        let deeper_text = deeper.to_string();
        if !text.contains(&deeper_text) {
            text = format!("{text}: {deeper_text}");
        }
        source = deeper.source();
    }
    text
}

fn is_this_machine(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}
