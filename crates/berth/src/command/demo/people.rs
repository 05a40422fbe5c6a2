//! Who may sign in to the demo, and what is printed of it.

use std::net::Ipv4Addr;
use std::path::Path;

use domain::id::Chance;
use domain::server::State;
use engine::Engine;
use engine::account::NewAccount;
use engine::permission::Role;
use engine::secret::Secret;
use serde::{Deserialize, Serialize};
use sim::Outside;

use crate::machine::Machine;
use crate::paint::Paint;

const FILE: &str = "demo-sign-ins.json";
/// So many servers of an earlier run are told to the simulator again.
const REMEMBERED_MAX: i64 = 10_000;

/// One way in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    pub role: String,
    pub email: String,
    pub password: String,
    pub api_key: String,
    #[serde(skip)]
    pub is_new: bool,
}

/// Three people, made at the first start and remembered with the data.
pub async fn sign_ins(engine: &Engine, data_dir: &Path) -> engine::Result<Vec<SignIn>> {
    let path = data_dir.join(FILE);
    if let Ok(text) = std::fs::read(&path) {
        return serde_json::from_slice(&text)
            .map_err(|error| engine::Error::Bug(format!("{}: {error}", path.display())));
    }
    let mut people = Vec::new();
    for (role, name) in [(Role::Admin, "Asha"), (Role::Support, "Sami"), (Role::Customer, "Chitra")]
    {
        people.push(join(engine, role, name).await?);
    }
    let text = serde_json::to_vec_pretty(&people)
        .map_err(|error| engine::Error::Bug(error.to_string()))?;
    std::fs::write(&path, text)
        .map_err(|error| engine::Error::Bug(format!("{}: {error}", path.display())))?;
    Ok(people)
}

async fn join(engine: &Engine, role: Role, name: &str) -> engine::Result<SignIn> {
    let mut random = [0; 5];
    Machine.fill(&mut random);
    let email = format!("{}@demo.example", role.as_str());
    let password = format!("{}-{}", role.as_str(), hex::encode(random));
    let new = NewAccount {
        email: email.clone(),
        name: name.to_owned(),
        role,
        password: Secret::new(password.clone()),
    };
    let id = engine.add_account(new, "demo").await?;
    let made = engine.create_api_key(&id, &[], "demo").await?;
    let api_key = made.key.expose().to_owned();
    Ok(SignIn { role: role.as_str().to_owned(), email, password, api_key, is_new: true })
}

/// The simulator forgets between runs what it sold; the shop does not.
pub async fn remember_servers(engine: &Engine, outside: &Outside) -> anyhow::Result<()> {
    let mut live: Vec<Ipv4Addr> = Vec::new();
    for state in State::LIVE {
        live.extend(engine.addresses_in(state, REMEMBERED_MAX).await.map_err(crate::wire::stop)?);
    }
    for address in live {
        outside.smartvps.plant_server(address, "", "8");
    }
    Ok(())
}

/// Links and sign-ins.
pub fn welcome(url: &str, outside: &Outside, sign_ins: &[SignIn]) -> String {
    let paint = Paint::stdout();
    let mut text = format!(
        "\n{}\n\n  shop       {}\n  staff      {url}/admin\n  lies       {url}/demo\n  \
         mail       {}\n  simulator  {}\n\n",
        paint.bold("Berth: a whole shop on this machine"),
        paint.good(url),
        outside.mail.control_url(),
        outside.smartvps.control_url(),
    );
    for sign_in in sign_ins {
        text.push_str(&format!(
            "  {:<9} {:<24} {}\n            {}\n",
            sign_in.role,
            sign_in.email,
            paint.bold(&sign_in.password),
            paint.dim(&format!("API key {}", sign_in.api_key)),
        ));
    }
    text
}
