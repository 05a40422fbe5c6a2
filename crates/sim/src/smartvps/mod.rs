//! SmartVPS over real HTTP, lying on request. Speaks what the vendor speaks under
//! `<prefix>/<op>` (prefix `api/oceansmart` by default), checks HTTP Basic credentials, sells
//! addresses out of pools, and remembers the truth.
//!
//! Not for judging anybody: it knows nothing of orders, shops or rules.
//!
//! # Commands over HTTP
//!
//! Everything a `Control` can do is also reachable as JSON under `/control/…`, on the vendor's
//! own port and on a second port (`Sim::control_url`) that stays open when the vendor's is shut:
//! use that one to shut it.
//! An error is `{"error": "…"}` with 400 or 404; success is `{"ok": true}` or what was asked for.
//!
//! | request | body or query | what it does |
//! |---|---|---|
//! | `GET  /control` | | settings, lies in force, counts, doorway, clock |
//! | `GET  /control/lies` | | the named lies: `name`, `op`, `sentence` |
//! | `GET  /control/record` | | all that the checker reads: requests, sales, passwords, supply |
//! | `GET  /control/sold` | | sold servers only |
//! | `GET  /control/packages` | | all packages as the vendor has them |
//! | `GET  /control/servers` | | all live servers, passwords included |
//! | `POST /control/lie` | `{op?, only?, times?, lie}` | the next request lies (`times` of them) |
//! | `POST /control/standing` | `{op?, only?, lie}` | every request lies; `"lie": null` ends it |
//! | `POST /control/chance` | `{op?, permille, lie}` | lies in so many of a thousand cases |
//! | `POST /control/honest` | | no lie any more, door open |
//! | `POST /control/hold` | `{op?, point?, times?}` | stops requests; all when `times` is null |
//! | `POST /control/release` | `{one?: true}` | lets the oldest go, or all and stops no more |
//! | `GET  /control/wait` | `?purchases=&sold=&held=&op=&count=&timeoutMs=` | waits |
//! | `POST /control/door` | `{to: open\|refuse\|drop\|reset}` | how connections are received |
//! | `POST /control/settings` | any of `Settings` | changes how the vendor behaves |
//! | `POST /control/credentials` | `{username, password}` or `null` | whom the vendor lets in |
//! | `POST /control/package` | `Package`, and `another?: true` | changes or adds a package |
//! | `POST /control/stray` | `{pid, count?}` | another customer buys |
//! | `POST /control/server` | `{address, …Edit}` | changes a sold server |
//! | `POST /control/plant` | `{address, pid, ram?}` | a server bought by hand |
//! | `POST /control/lapse` | `{address}` | ends a server; its address is sold again first |
//! | `POST /control/advance` | `{ms}` | moves the clock |
//! | `POST /control/reset` | | begins again as configured |
//!
//! A lie is a name (`"lost-answer"`) or put together:
//! `{"deed": "fallback", "address": "103.182.44.18", "answer": "lost", "delayMs": 200}`.
//! Without `op` it is a purchase's, or the one that the name belongs to.
//!
//! ```text
//! curl -s $SIM/control/lie -H 'content-type: application/json' \
//!      -d '{"lie": "lost-answer", "only": "103.181.91"}'
//! ```

use std::io;

use serde::{Deserialize, Serialize};
mod buy;
mod catalogue;
mod change;
mod control;
mod counter;
pub mod demo;
mod encoding;
mod handle;
mod lie;
mod op;
mod pool;
mod record;
mod server;
mod status;
mod stock;
#[cfg(test)]
mod tests;
mod world;

pub use catalogue::{Change, Ids, Package};
pub use encoding::Encoding;
pub use handle::{Control, Counts, Listing};
pub use lie::{Deed, Lie, NAMED, Named};
pub use op::Op;
pub use pool::Source;
pub use record::{Password, Progress, Record, Request, Sold, Supply};
pub use server::{Edit, Server};
pub use world::{ExpiryFormat, Settings, WhenEmpty};

pub use crate::hold::Point;
pub use crate::serve::Doorway;
pub use crate::spoil::Answer;

use crate::clock::Clock;
use crate::stand::{self, OnLoopback};

/// What a simulator starts with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port 0 lets the system choose.
    pub port: u16,
    pub control_port: u16,
    pub prefix: String,
    /// Nothing: everybody is let in.
    pub credentials: Option<Credentials>,
    /// Chance for passwords, fallbacks and probable lies.
    pub seed: u64,
    pub packages: Vec<Package>,
    pub settings: Settings,
    /// A moment at which the simulator's clock stands still; it runs when there is none.
    pub standing_at_ms: Option<i64>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            port: 0,
            control_port: 0,
            prefix: "api/oceansmart".to_owned(),
            credentials: Some(Credentials::new("berth", "simulated")),
            seed: 1,
            packages: demo::packages(),
            settings: Settings::default(),
            standing_at_ms: None,
        }
    }
}

impl Config {
    /// The default, with these packages.
    pub fn with(packages: Vec<Package>) -> Config {
        Config { packages, ..Config::default() }
    }
}

/// Whom the vendor lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

impl Credentials {
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Credentials {
        Credentials { username: username.into(), password: password.into() }
    }
}

/// A running simulator. It ends when the last clone is dropped.
pub type Sim = OnLoopback<Control>;

impl OnLoopback<Control> {
    /// Starts on loopback; the vendor is below `url` and the prefix.
    pub async fn start(config: Config) -> io::Result<Sim> {
        let clock = config.standing_at_ms.map_or_else(Clock::running, Clock::standing_at);
        let (port, control_port) = (config.port, config.control_port);
        let prefix = config.prefix.clone();
        let control = Control::of(config, clock);
        let commands = control::router(control.clone());
        let counter = counter::router(control.clone(), &prefix).merge(commands.clone());
        OnLoopback::open(control, (port, counter), (control_port, commands)).await
    }
}

/// The same vendor without a network and with a clock of the caller's choice.
pub type InMemory = stand::InMemory<Control>;

impl stand::InMemory<Control> {
    /// Opens inside the runtime of the caller.
    pub fn open(config: Config, clock: Clock) -> InMemory {
        let prefix = config.prefix.clone();
        let control = Control::of(config, clock);
        InMemory::serving(control.clone(), counter::router(control, &prefix))
    }
}
