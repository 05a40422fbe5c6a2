//! Webhooks of every gateway: only the right signature over these very bytes is genuine, and what
//! a genuine one names can be kept. An input is a claimed signature, a line's end, and a body.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use payment::{BadWebhook, Carrier, Gateway, Hint, Topic, Webhook};
use sha2::Sha256;

use super::gateway::{self, Nobody, SECRET, now};

/// The moment of every webhook here, as gateways write it.
const MOMENT: &str = "1795269840";

/// How one gateway signs.
struct Signer {
    make: fn(Arc<dyn Carrier>) -> Arc<dyn Gateway>,
    header: &'static str,
    moment: Option<&'static str>,
    sign: fn(&[u8]) -> String,
}

const SIGNERS: [Signer; 4] = [
    Signer {
        make: gateway::make_razorpay,
        header: "x-razorpay-signature",
        moment: None,
        sign: |body| hex::encode(mac(&[body])),
    },
    Signer {
        make: gateway::make_cashfree,
        header: "x-webhook-signature",
        moment: Some("x-webhook-timestamp"),
        sign: |body| STANDARD.encode(mac(&[MOMENT.as_bytes(), body])),
    },
    Signer {
        make: gateway::make_stripe,
        header: "stripe-signature",
        moment: None,
        sign: |body| {
            format!("t={MOMENT},v1={}", hex::encode(mac(&[MOMENT.as_bytes(), b".", body])))
        },
    },
    Signer {
        make: gateway::make_simulated,
        header: "x-gateway-signature",
        moment: Some("x-gateway-timestamp"),
        sign: |body| hex::encode(mac(&[MOMENT.as_bytes(), b".", body])),
    },
];

fn mac(parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key will do");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for adapter in ["razorpay", "cashfree", "stripe", "simulated", "upi"] {
        let found = super::fixtures(&format!("payment/src/{adapter}"));
        for (_, body) in found.iter().filter(|(name, _)| name.starts_with("webhook")) {
            let claims = SIGNERS.iter().map(|signer| (signer.sign)(body));
            seeds.extend(claims.map(|claim| [claim.as_bytes(), b"\n", body].concat()));
        }
    }
    seeds
}

pub fn run(told: &[u8]) {
    let at = told.iter().position(|byte| *byte == b'\n').unwrap_or(told.len());
    let (claim, body) = (&told[..at], told.get(at + 1..).unwrap_or_default());
    SIGNERS.iter().for_each(|signer| signed(signer, claim, body));
    // Nobody signs these, so anybody may send them; they are a reason to ask, and no more.
    let upi = gateway::make_upi(Arc::new(Nobody));
    let headers = HeaderMap::new();
    judge(&upi.read_webhook(&Webhook { headers: &headers, body, at: now() }));
}

fn signed(signer: &Signer, claim: &[u8], body: &[u8]) {
    let gateway = (signer.make)(Arc::new(Nobody));
    let read = |claim: &[u8], body: &[u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(signer.header, HeaderValue::from_bytes(claim).ok()?);
        signer.moment.map(|name| headers.insert(name, HeaderValue::from_static(MOMENT)));
        Some(gateway.read_webhook(&Webhook { headers: &headers, body, at: now() }))
    };
    let genuine = (signer.sign)(body);
    let digest = genuine.rsplit('=').next().unwrap_or_default().to_owned();
    if let Some(read) = read(claim, body) {
        let proved = signer.header == "stripe-signature" && holds(claim, digest.as_bytes());
        let proved = proved || claim == genuine.as_bytes();
        assert!(proved || read == Err(BadWebhook::Forged), "{}: {read:?}", signer.header);
    }
    let understood = read(genuine.as_bytes(), body).expect("a signature fits into a header");
    assert_ne!(understood, Err(BadWebhook::Forged), "a genuine one: {}", signer.header);
    judge(&understood);
    let mut other = body.to_vec();
    other.push(b' ');
    assert_eq!(read(genuine.as_bytes(), &other), Some(Err(BadWebhook::Forged)));
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What can be read names only what can be kept.
fn judge(read: &Result<Hint, BadWebhook>) {
    let hint = match read {
        Ok(hint) => hint,
        Err(BadWebhook::Unreadable(reason)) => {
            assert!(reason.chars().count() <= 1_000, "{} characters", reason.chars().count());
            return;
        }
        Err(BadWebhook::Forged) => panic!("a genuine webhook was called forged"),
    };
    let is_id = |id: &String| (1..=100).contains(&id.len());
    // A payment's id and a word of ours, where the gateway numbers no events.
    assert!((1..=200).contains(&hint.event.len()), "{hint:?}");
    for id in [&hint.payment, &hint.gateway_order, &hint.gateway_payment].into_iter().flatten() {
        assert!(is_id(id), "{hint:?}");
    }
    if let Topic::Dispute(dispute) = &hint.topic {
        assert!(is_id(&dispute.id) && dispute.amount.minor > 0, "{hint:?}");
    }
}
