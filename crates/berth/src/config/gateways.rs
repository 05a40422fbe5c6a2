//! The gateways that take money: their accounts, which are on, and the order they are offered in.
//! A gateway is on when all its variables but the base URL are set.

use std::time::Duration;

use secrecy::SecretString;

use super::reader::Reader;
use super::setting::section;
use super::value;

section! {
    /// Payments, whatever the gateway.
    Payment = "payment";

    /// Order in which gateways are offered: `cashfree`, `razorpay`, `upi`, `stripe`, `simulated`.
    "BERTH_GATEWAYS" gateways: Vec<Gateway>,
        unset "those configured, in this order: cashfree, razorpay, upi, stripe, simulated",
        gateway_list;

    /// How often open payments are asked for at their gateway.
    "BERTH_PAYMENT_POLL_EVERY" poll_every: Duration, default "1m", value::pause;
}

section! {
    /// The gateway Cashfree.
    Cashfree = "cashfree";

    /// Base URL of Cashfree's API.
    "CASHFREE_BASE_URL" base_url: String, default "https://api.cashfree.com/pg", value::http_url;

    /// App id.
    "CASHFREE_APP_ID" app_id: String, unset "gateway off", value::text;

    /// Secret key; also signs webhooks.
    "CASHFREE_SECRET_KEY" secret_key: SecretString, secret "gateway off", value::secret;
}

section! {
    /// The gateway Razorpay.
    Razorpay = "razorpay";

    /// Base URL of Razorpay's API.
    "RAZORPAY_BASE_URL" base_url: String, default "https://api.razorpay.com/v1", value::http_url;

    /// Key id.
    "RAZORPAY_KEY_ID" key_id: String, unset "gateway off", value::text;

    /// Key secret.
    "RAZORPAY_KEY_SECRET" key_secret: SecretString, secret "gateway off", value::secret;

    /// Secret that signs webhooks.
    "RAZORPAY_WEBHOOK_SECRET" webhook_secret: SecretString, secret "gateway off", value::secret;
}

section! {
    /// The gateway UPIGateway.
    UpiGateway = "upi_gateway";

    /// Base URL of UPIGateway's API.
    "UPI_GATEWAY_BASE_URL" base_url: String, default "https://merchant.upigateway.com",
        value::http_url;

    /// API key.
    "UPI_GATEWAY_API_KEY" api_key: SecretString, secret "gateway off", value::secret;
}

section! {
    /// The gateway Stripe.
    Stripe = "stripe";

    /// Base URL of Stripe's API.
    "STRIPE_BASE_URL" base_url: String, default "https://api.stripe.com/v1", value::http_url;

    /// Secret key.
    "STRIPE_SECRET_KEY" secret_key: SecretString, secret "gateway off", value::secret;

    /// Secret that signs webhooks.
    "STRIPE_WEBHOOK_SECRET" webhook_secret: SecretString, secret "gateway off", value::secret;
}

section! {
    /// The simulated gateway, for demos and tests: it takes no real money.
    SimulatedGateway = "simulated_gateway";

    /// Base URL of the simulator.
    "SIMULATED_GATEWAY_BASE_URL" base_url: String, default "http://127.0.0.1:8090",
        value::http_url;

    /// Key that it knows us by.
    "SIMULATED_GATEWAY_KEY" key: SecretString, secret "gateway off", value::secret;

    /// Secret that signs webhooks.
    "SIMULATED_GATEWAY_WEBHOOK_SECRET" webhook_secret: SecretString, secret "gateway off",
        value::secret;
}

/// A gateway's kind, in the order they are offered unless the shop says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gateway {
    Cashfree,
    Razorpay,
    Upi,
    Stripe,
    Simulated,
}

impl Gateway {
    pub const ALL: [Gateway; 5] =
        [Gateway::Cashfree, Gateway::Razorpay, Gateway::Upi, Gateway::Stripe, Gateway::Simulated];

    pub fn name(self) -> &'static str {
        match self {
            Gateway::Cashfree => "cashfree",
            Gateway::Razorpay => "razorpay",
            Gateway::Upi => "upi",
            Gateway::Stripe => "stripe",
            Gateway::Simulated => "simulated",
        }
    }

    fn settings(self) -> &'static [super::Setting] {
        match self {
            Gateway::Cashfree => Cashfree::SETTINGS,
            Gateway::Razorpay => Razorpay::SETTINGS,
            Gateway::Upi => UpiGateway::SETTINGS,
            Gateway::Stripe => Stripe::SETTINGS,
            Gateway::Simulated => SimulatedGateway::SETTINGS,
        }
    }
}

fn gateway_list(text: &str) -> Result<Vec<Gateway>, String> {
    let known = Gateway::ALL.map(|gateway| (gateway.name(), gateway));
    let mut list = Vec::new();
    for name in text.split(',') {
        let gateway = value::one_of(name.trim(), &known)?;
        if list.contains(&gateway) {
            return Err(format!("names {} twice", gateway.name()));
        }
        list.push(gateway);
    }
    Ok(list)
}

/// Everything one gateway needs to be spoken to.
#[derive(Debug, Clone)]
pub enum GatewayAccount {
    Cashfree {
        base_url: String,
        app_id: String,
        secret_key: SecretString,
    },
    Razorpay {
        base_url: String,
        key_id: String,
        key_secret: SecretString,
        webhook_secret: SecretString,
    },
    Upi {
        base_url: String,
        api_key: SecretString,
    },
    Stripe {
        base_url: String,
        secret_key: SecretString,
        webhook_secret: SecretString,
    },
    Simulated {
        base_url: String,
        key: SecretString,
        webhook_secret: SecretString,
    },
}

impl GatewayAccount {
    pub fn gateway(&self) -> Gateway {
        match self {
            GatewayAccount::Cashfree { .. } => Gateway::Cashfree,
            GatewayAccount::Razorpay { .. } => Gateway::Razorpay,
            GatewayAccount::Upi { .. } => Gateway::Upi,
            GatewayAccount::Stripe { .. } => Gateway::Stripe,
            GatewayAccount::Simulated { .. } => Gateway::Simulated,
        }
    }
}

/// The gateways that are on.
#[derive(Debug, Clone)]
pub struct Gateways {
    /// All that have an account, those that are not offered too: their open payments and
    /// refunds still need them.
    pub accounts: Vec<GatewayAccount>,
    /// What buyers are offered, first choice first.
    pub offered: Vec<Gateway>,
}

/// The sections as read, one per gateway.
pub(super) struct Sections {
    pub cashfree: Cashfree,
    pub razorpay: Razorpay,
    pub upi: UpiGateway,
    pub stripe: Stripe,
    pub simulated: SimulatedGateway,
}

impl Sections {
    pub(super) fn read(given: &mut Reader) -> Option<Sections> {
        let (cashfree, razorpay) = (Cashfree::read(given), Razorpay::read(given));
        let (upi, stripe) = (UpiGateway::read(given), Stripe::read(given));
        let simulated = SimulatedGateway::read(given);
        Some(Sections {
            cashfree: cashfree?,
            razorpay: razorpay?,
            upi: upi?,
            stripe: stripe?,
            simulated: simulated?,
        })
    }

    fn account(&self, gateway: Gateway) -> Option<GatewayAccount> {
        Some(match gateway {
            Gateway::Cashfree => GatewayAccount::Cashfree {
                base_url: self.cashfree.base_url.clone(),
                app_id: self.cashfree.app_id.clone()?,
                secret_key: self.cashfree.secret_key.clone()?,
            },
            Gateway::Razorpay => GatewayAccount::Razorpay {
                base_url: self.razorpay.base_url.clone(),
                key_id: self.razorpay.key_id.clone()?,
                key_secret: self.razorpay.key_secret.clone()?,
                webhook_secret: self.razorpay.webhook_secret.clone()?,
            },
            Gateway::Upi => GatewayAccount::Upi {
                base_url: self.upi.base_url.clone(),
                api_key: self.upi.api_key.clone()?,
            },
            Gateway::Stripe => GatewayAccount::Stripe {
                base_url: self.stripe.base_url.clone(),
                secret_key: self.stripe.secret_key.clone()?,
                webhook_secret: self.stripe.webhook_secret.clone()?,
            },
            Gateway::Simulated => GatewayAccount::Simulated {
                base_url: self.simulated.base_url.clone(),
                key: self.simulated.key.clone()?,
                webhook_secret: self.simulated.webhook_secret.clone()?,
            },
        })
    }
}

/// Joins accounts and order; half a gateway, and an order that names one that is off, are mistakes.
pub(super) fn join(sections: &Sections, payment: &Payment, given: &mut Reader) -> Gateways {
    for gateway in Gateway::ALL {
        let named = payment.gateways.as_ref().is_some_and(|names| names.contains(&gateway));
        check(gateway, named, given);
    }
    let accounts: Vec<_> =
        Gateway::ALL.into_iter().filter_map(|gateway| sections.account(gateway)).collect();
    let offered = match &payment.gateways {
        Some(named) => named.clone(),
        None => accounts.iter().map(GatewayAccount::gateway).collect(),
    };
    Gateways { accounts, offered }
}

fn check(gateway: Gateway, named: bool, given: &mut Reader) {
    let needed = gateway.settings().iter().filter(|setting| setting.key != "base_url");
    let (set, unset): (Vec<_>, Vec<_>) =
        needed.map(|setting| setting.env).partition(|env| given.has(env));
    let because = match set.first() {
        Some(there) => format!("{there} is given"),
        None if named => format!("BERTH_GATEWAYS names {}", gateway.name()),
        None => return,
    };
    for env in unset {
        given.missing(env, &because);
    }
}
