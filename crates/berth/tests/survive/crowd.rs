//! Customers by the hundred, made beside the shop: their passwords would take it a while.

use std::sync::Arc;

use berth::machine::Machine;
use domain::clock::Clock;
use domain::id::{AccountId, ApiKeyId, Chance};
use sha2::{Digest, Sha256};
use store::account::Account;
use store::api_key::NewApiKey;
use store::db::{Db, Options, StoreError};

use super::shop::Shop;

/// One of many.
pub struct Customer {
    pub account: String,
    pub key: String,
}

/// As many as there are to be, each with a key.
pub async fn crowd(shop: &Shop, node: &str, count: usize) -> Vec<Customer> {
    let place = shop.database_of(node);
    let options = Options { clock: Arc::new(Machine), connections: 2 };
    let db = Db::open(&place, &options).await.unwrap();
    let made = db.write(move |tx| (0..count).map(|_| customer(tx)).collect()).await;
    db.close();
    made.unwrap()
}

fn customer(tx: &mut store::db::Tx<'_>) -> Result<Customer, StoreError> {
    let mut bytes = [0; 32];
    Machine.fill(&mut bytes);
    let key = format!("bk_{}", hex::encode(bytes));
    let account = Account {
        id: AccountId::mint(Machine.now(), &Machine),
        email: format!("{}@example.org", hex::encode(&bytes[..8])),
        name: "One of many".to_owned(),
        role: "customer".to_owned(),
        password_hash: "none".to_owned(),
        verified_at: None,
        second_factor_at: None,
        language: None,
        closed_at: None,
        created_at: tx.now()?,
    };
    tx.insert_account(&account)?;
    tx.insert_api_key(&NewApiKey {
        id: ApiKeyId::mint(Machine.now(), &Machine),
        account: account.id.clone(),
        key_hash: hex::encode(Sha256::digest(&key)),
        hint: key.chars().take(8).collect(),
        scopes: String::new(),
    })?;
    Ok(Customer { account: account.id.to_string(), key })
}
