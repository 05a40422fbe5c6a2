//! Each gateway as it is played, and its adapter with keys that fit.

use payment::{Gateway, cashfree, razorpay, simulated, stripe, upi};
use sim::gateway::{Config, Tongue};

use super::far::{PATIENCE, Played};

pub struct Simulated;

impl Played for Simulated {
    fn config() -> Config {
        Config::default()
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let settings = simulated::Settings {
            base_url: url.parse().unwrap(),
            merchant_key: config.merchant_key.as_str().into(),
            webhook_secret: config.webhook_secret.as_str().into(),
            timeout: PATIENCE,
        };
        Box::new(simulated::Adapter::new(settings).unwrap())
    }
}

pub struct Razorpay;

impl Played for Razorpay {
    fn config() -> Config {
        Config { tongue: Tongue::Razorpay, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let settings = razorpay::Settings {
            base_url: format!("{url}/v1").parse().unwrap(),
            key_id: config.merchant_id.clone(),
            key_secret: config.merchant_key.as_str().into(),
            webhook_secret: config.webhook_secret.as_str().into(),
            timeout: PATIENCE,
        };
        Box::new(razorpay::Adapter::new(settings).unwrap())
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
        let settings = cashfree::Settings {
            base_url: format!("{url}/pg").parse().unwrap(),
            app_id: config.merchant_id.clone(),
            secret_key: config.merchant_key.as_str().into(),
            timeout: PATIENCE,
        };
        Box::new(cashfree::Adapter::new(settings).unwrap())
    }
}

pub struct Stripe;

impl Played for Stripe {
    fn config() -> Config {
        Config { tongue: Tongue::Stripe, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let settings = stripe::Settings {
            base_url: format!("{url}/v1").parse().unwrap(),
            secret_key: config.merchant_key.as_str().into(),
            webhook_secret: config.webhook_secret.as_str().into(),
            timeout: PATIENCE,
        };
        Box::new(stripe::Adapter::new(settings).unwrap())
    }
}

pub struct Upi;

impl Played for Upi {
    fn config() -> Config {
        Config { tongue: Tongue::Ekqr, ..Config::default() }
    }

    fn adapter(url: &str, config: &Config) -> Box<dyn Gateway> {
        let settings = upi::Settings {
            base_url: url.parse().unwrap(),
            api_key: config.merchant_key.as_str().into(),
            timeout: PATIENCE,
        };
        Box::new(upi::Adapter::new(settings).unwrap())
    }
}
