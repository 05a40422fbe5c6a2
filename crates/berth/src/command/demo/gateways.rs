//! The demo's gateways: one of our own invention, and the four that the shop can speak to, each
//! played by a simulator and paid at its own page. No money moves anywhere.

use serde_json::{Map, Value};
use sim::Outside;
use sim::gateway::{Config, Gateway, Tongue};

use crate::config::Given;

const MERCHANT: &str = "demo-merchant-id";
const KEY: &str = "demo-merchant";
const WEBHOOK_SECRET: &str = "demo-webhook-secret";

/// Every gateway of the demo, the one of our own invention first.
const TONGUES: [Tongue; 5] =
    [Tongue::Own, Tongue::Razorpay, Tongue::Cashfree, Tongue::Ekqr, Tongue::Stripe];

/// The name of a gateway in the shop's settings and books.
pub fn name(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::Own => "simulated",
        Tongue::Razorpay => "razorpay",
        Tongue::Cashfree => "cashfree",
        Tongue::Ekqr => "upi",
        Tongue::Stripe => "stripe",
    }
}

/// How each of them begins. With data that was kept, payments must not be numbered like those of
/// the last run, nor like another gateway's.
pub fn configs(seed: u64, to_be_watched: bool) -> Vec<Config> {
    let config = |(place, tongue): (u64, Tongue)| {
        let mut config = Config {
            tongue,
            seed: seed.wrapping_add(place),
            merchant_id: MERCHANT.into(),
            merchant_key: KEY.into(),
            // Cashfree's one secret is the key and signs its webhooks too.
            webhook_secret: if tongue == Tongue::Cashfree { KEY } else { WEBHOOK_SECRET }.into(),
            ..Config::default()
        };
        if to_be_watched {
            config.settings.late_ms = 10_000;
        }
        config
    };
    (0..).zip(TONGUES).map(config).collect()
}

/// The accounts that the shop has there.
pub fn accounts(given: Given, outside: &Outside) -> Given {
    outside.gateways().fold(given, |given, gateway| {
        let url = gateway.url();
        match gateway.tongue() {
            Tongue::Own => given
                .set("SIMULATED_GATEWAY_BASE_URL", url)
                .set("SIMULATED_GATEWAY_KEY", KEY)
                .set("SIMULATED_GATEWAY_WEBHOOK_SECRET", WEBHOOK_SECRET),
            Tongue::Razorpay => given
                .set("RAZORPAY_BASE_URL", format!("{url}/v1"))
                .set("RAZORPAY_KEY_ID", MERCHANT)
                .set("RAZORPAY_KEY_SECRET", KEY)
                .set("RAZORPAY_WEBHOOK_SECRET", WEBHOOK_SECRET),
            Tongue::Cashfree => given
                .set("CASHFREE_BASE_URL", format!("{url}/pg"))
                .set("CASHFREE_APP_ID", MERCHANT)
                .set("CASHFREE_SECRET_KEY", KEY),
            Tongue::Ekqr => given.set("UPI_GATEWAY_BASE_URL", url).set("UPI_GATEWAY_API_KEY", KEY),
            Tongue::Stripe => given
                .set("STRIPE_BASE_URL", format!("{url}/v1"))
                .set("STRIPE_SECRET_KEY", KEY)
                .set("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET),
        }
    })
}

/// What an owner types into the dashboards of gateways that do not learn it with each payment.
pub fn tell_where_to_send_news(outside: &Outside, shop: &str) {
    for gateway in outside.gateways() {
        let name = name(gateway.tongue());
        let address = format!("{shop}/api/payment/{name}-webhook");
        gateway.set(|settings| settings.notify_url = address);
    }
}

/// Where each takes commands, by its name.
pub fn control_urls(outside: &Outside) -> Value {
    let url = |gateway: &Gateway| (name(gateway.tongue()).to_owned(), gateway.control_url().into());
    Value::Object(outside.gateways().map(url).collect::<Map<_, _>>())
}
