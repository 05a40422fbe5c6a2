//! A server that was sold, as the vendor knows it.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::op::user_of;

/// One sold server.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    pub address: Ipv4Addr,
    pub pid: String,
    pub ram: String,
    pub os: String,
    /// What the next `format` installs.
    pub os_chosen: String,
    pub user: String,
    /// Set from the start; `status` shows it only when it is ready.
    pub password: String,
    /// When the password can be seen, by the simulator's clock.
    pub ready_at_ms: i64,
    /// How many more questions are answered without it.
    pub ready_after_polls: u32,
    pub expiry_ms: i64,
    pub online: bool,
}

impl Server {
    /// The password, once it is there.
    pub fn ready_password(&self, now_ms: i64) -> Option<&str> {
        let ready = self.ready_at_ms <= now_ms && self.ready_after_polls == 0;
        ready.then_some(self.password.as_str())
    }

    /// Installs the chosen system; the new password is seen later.
    pub fn install(&mut self, password: String, ready_at_ms: i64, after_polls: u32) {
        self.os = self.os_chosen.clone();
        self.user = user_of(&self.os).to_owned();
        self.password = password;
        self.ready_at_ms = ready_at_ms;
        self.ready_after_polls = after_polls;
        self.online = true;
    }
}

/// Changes to a sold server, by hand; what is not named stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Edit {
    pub ram: Option<String>,
    pub os: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub ready_at_ms: Option<i64>,
    pub ready_after_polls: Option<u32>,
    pub expiry_ms: Option<i64>,
    pub online: Option<bool>,
}

impl Edit {
    pub fn apply(self, server: &mut Server) {
        if let Some(os) = self.os {
            server.os_chosen.clone_from(&os);
            server.user = user_of(&os).to_owned();
            server.os = os;
        }
        server.ram = self.ram.unwrap_or_else(|| server.ram.clone());
        server.user = self.user.unwrap_or_else(|| server.user.clone());
        server.password = self.password.unwrap_or_else(|| server.password.clone());
        server.ready_at_ms = self.ready_at_ms.unwrap_or(server.ready_at_ms);
        server.ready_after_polls = self.ready_after_polls.unwrap_or(server.ready_after_polls);
        server.expiry_ms = self.expiry_ms.unwrap_or(server.expiry_ms);
        server.online = self.online.unwrap_or(server.online);
    }
}
