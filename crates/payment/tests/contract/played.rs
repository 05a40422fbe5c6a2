//! Each gateway as it is played, and its adapter with keys that fit.

use payment::{Gateway, Line, cashfree, razorpay, simulated, stripe, upi};
use sim::gateway::{Config, Tongue};

use super::far::{PATIENCE, Played};

fn line(gateway: &'static str, url: &str) -> Line {
    Line::network(gateway, url.parse().unwrap(), PATIENCE).unwrap()
}

pub struct Simulated;

impl Played for Simulated {
    fn config() -> Config {
        Config::default()
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let line = line(simulated::NAME, url);
        let keys = simulated::Keys {
            merchant_key: config.merchant_key.as_str().into(),
            webhook_secret: config.webhook_secret.as_str().into(),
        };
        Box::new(simulated::Adapter::new(keys, line))
    }
}

pub struct Razorpay;

impl Played for Razorpay {
    fn config() -> Config {
        Config { tongue: Tongue::Razorpay, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let line = line(razorpay::NAME, &format!("{url}/v1"));
        let keys = razorpay::Keys {
            key_id: config.merchant_id.clone(),
            key_secret: config.merchant_key.as_str().into(),
            webhook_secret: config.webhook_secret.as_str().into(),
        };
        Box::new(razorpay::Adapter::new(keys, line))
    }
}

pub struct Cashfree;

impl Played for Cashfree {
    fn config() -> Config {
        // One secret is the key and signs webhooks too.
        let webhook_secret = Config::default().merchant_key;
        Config { tongue: Tongue::Cashfree, webhook_secret, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let line = line(cashfree::NAME, &format!("{url}/pg"));
        let keys = cashfree::Keys {
            app_id: config.merchant_id.clone(),
            secret_key: config.merchant_key.as_str().into(),
        };
        Box::new(cashfree::Adapter::new(keys, line))
    }
}

pub struct Stripe;

impl Played for Stripe {
    fn config() -> Config {
        Config { tongue: Tongue::Stripe, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let line = line(stripe::NAME, &format!("{url}/v1"));
        let keys = stripe::Keys {
            secret_key: config.merchant_key.as_str().into(),
            webhook_secret: config.webhook_secret.as_str().into(),
        };
        Box::new(stripe::Adapter::new(keys, line))
    }
}

pub struct Upi;

impl Played for Upi {
    fn config() -> Config {
        Config { tongue: Tongue::Ekqr, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let line = line(upi::NAME, url);
        let keys = upi::Keys { api_key: config.merchant_key.as_str().into() };
        Box::new(upi::Adapter::new(keys, line))
    }
}
