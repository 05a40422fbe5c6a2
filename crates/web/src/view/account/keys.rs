//! Keys for programs.

use askama::Template;
use engine::permission::Scope;

use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Frame, Here, Sample};

/// `/account/keys`
#[derive(Clone, Debug, Template)]
#[template(path = "account/keys.html")]
pub struct Keys {
    pub frame: Frame,
    pub keys: Vec<Key>,
    /// What a new one can be narrowed to.
    pub scopes: Vec<Choice>,
    pub next: Option<String>,
}

/// One key, as its owner knows it again.
#[derive(Clone, Debug)]
pub struct Key {
    pub id: String,
    pub hint: String,
    /// Empty: all powers of its owner.
    pub scopes: String,
    pub made: Moment,
    pub used: Option<Moment>,
    pub revoked: Option<Moment>,
}

/// A key that was just made, shown once.
#[derive(Clone, Debug, Template)]
#[template(path = "account/key.html")]
pub struct Made {
    pub frame: Frame,
    pub key: String,
    /// Empty: all powers of its owner.
    pub scopes: Vec<String>,
    /// Where the shop is.
    pub url: String,
}

/// What a scope opens, in words that follow "may".
pub fn scope_words(scope: Scope, language: Language) -> String {
    match scope {
        Scope::OrdersRead => language.say("scope-orders-read"),
        Scope::OrdersWrite => language.say("scope-orders-write"),
        Scope::CredentialsRead => language.say("scope-credentials-read"),
        Scope::CatalogueWrite => language.say("scope-catalogue-write"),
        Scope::AdminRead => language.say("scope-admin-read"),
        Scope::AdminWrite => language.say("scope-admin-write"),
    }
}

impl Sample for Keys {
    fn samples(language: Language) -> Vec<(&'static str, Keys)> {
        let frame = Frame::spoken_sample(language, "keys-title", Here::Account);
        let at = |clock: &str| frame.time(sample_time(clock));
        let key = |hint: &str, scopes: &str| Key {
            id: format!("key_{hint}"),
            hint: hint.into(),
            scopes: scopes.into(),
            made: at("09:12:00"),
            used: None,
            revoked: None,
        };
        let keys = vec![
            Key { used: Some(at("14:04:00")), ..key("bk_7f3a9", "orders:read orders:write") },
            key("bk_c01d2", ""),
            Key { revoked: Some(at("12:00:00")), ..key("bk_99e14", "orders:read") },
        ];
        let scopes = [Scope::OrdersRead, Scope::OrdersWrite, Scope::CredentialsRead];
        let scopes = scopes.map(|scope| Choice::of(scope.as_str(), scope_words(scope, language)));
        let full = Keys { keys, scopes: scopes.to_vec(), next: None, frame };
        vec![("empty", Keys { keys: vec![], ..full.clone() }), ("list", full)]
    }
}

impl Sample for Made {
    fn samples(language: Language) -> Vec<(&'static str, Made)> {
        let made = Made {
            frame: Frame::spoken_sample(language, "key-title", Here::Account),
            key: format!("bk_{}", "7f3a9c01d299e14b".repeat(4)),
            scopes: vec![scope_words(Scope::OrdersRead, language)],
            url: "https://shop.example.com".into(),
        };
        vec![("all", Made { scopes: vec![], ..made.clone() }), ("narrow", made)]
    }
}
