//! Webhooks that nobody but a forger sends: changed anywhere, signed by another, or carrying the
//! signature of another genuine one. `BERTH_FORGERIES` sets how many are tried per gateway.

use http::{HeaderMap, HeaderValue};
use payment::{BadWebhook, Webhook};
use sim::chance::Chance;

use super::far::{Buyer, Far, Played};

/// What a signature stands for, and where it stands.
type Letter = (HeaderMap, Vec<u8>);

pub async fn no_forged_mutated_or_misbound_webhook_is_accepted<P: Played>() {
    let far = Far::start::<P>().await;
    if !far.gateway().abilities().signs {
        return;
    }
    for payment in ["pay_1", "pay_2", "pay_3"] {
        far.open(payment).await;
        far.buyer(payment, Buyer::FailsAndThenPays);
    }
    let genuine = far.webhooks(6).await;
    for letter in &genuine {
        assert!(far.gateway().read_webhook(&far.hook(letter)).is_ok());
    }
    let count = std::env::var("BERTH_FORGERIES").ok().and_then(|count| count.parse().ok());
    let mut chance = Chance::seeded(20_261_121);
    let at = far.now();
    for round in 0..count.unwrap_or(20_000_u32) {
        let (headers, body) = forge(&mut chance, &genuine);
        let read = far.gateway().read_webhook(&Webhook { headers: &headers, body: &body, at });
        assert_eq!(read, Err(BadWebhook::Forged), "{round} {headers:?} {body:?}");
    }
}

fn forge(chance: &mut Chance, genuine: &[Letter]) -> Letter {
    loop {
        let (mut headers, mut body) = genuine[chance.below(genuine.len())].clone();
        match chance.below(6) {
            // The signature of another genuine one.
            0 => body = genuine[chance.below(genuine.len())].1.clone(),
            1 => _ = remove(chance, &mut body),
            2 => insert(chance, &mut body),
            3 => body.truncate(chance.below(body.len())),
            4 => headers = change_a_header(chance, headers),
            _ => flip(chance, &mut body),
        }
        let is_genuine = genuine
            .iter()
            .any(|(known, bytes)| *bytes == body && signing(known).eq(signing(&headers)));
        if !is_genuine {
            return (headers, body);
        }
    }
}

/// The headers that a signature is made of.
fn signing(headers: &HeaderMap) -> impl Iterator<Item = (&http::HeaderName, &HeaderValue)> {
    headers.iter().filter(|(name, _)| is_signing(name.as_str()))
}

fn is_signing(name: &str) -> bool {
    name.contains("signature") || name.contains("timestamp")
}

fn flip(chance: &mut Chance, bytes: &mut [u8]) {
    let place = chance.below(bytes.len());
    bytes[place] ^= 1 << chance.below(8);
}

fn remove(chance: &mut Chance, bytes: &mut Vec<u8>) -> u8 {
    bytes.remove(chance.below(bytes.len()))
}

fn insert(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let byte = u8::try_from(chance.below(256)).unwrap();
    bytes.insert(chance.below(bytes.len() + 1), byte);
}

fn change_a_header(chance: &mut Chance, mut headers: HeaderMap) -> HeaderMap {
    let names: Vec<_> = headers.keys().filter(|name| is_signing(name.as_str())).cloned().collect();
    let name = names[chance.below(names.len())].clone();
    let mut value = headers[&name].as_bytes().to_vec();
    match chance.below(4) {
        0 => _ = headers.remove(&name),
        1 => _ = headers.append(&name, headers[&name].clone()),
        2 => {
            remove(chance, &mut value);
            _ = headers.insert(&name, HeaderValue::from_bytes(&value).unwrap());
        }
        _ => {
            flip(chance, &mut value);
            // Not every byte can stand in a header; then this letter stays as it was.
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.insert(&name, value);
            }
        }
    }
    headers
}
