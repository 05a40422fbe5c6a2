//! Webhooks: news to the merchant, signed over its raw bytes, in time or not, true or not.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use sha2::Sha256;

use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::money::{News, amount_instead, currency_instead};
use super::tongue::Letter;
use super::world::Sent;
use crate::ask::Call;
use crate::hold::Point;

/// Signs a webhook the way a merchant of our own tongue checks it.
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    hex::encode(mac(secret, &[timestamp.as_bytes(), b".", body]))
}

/// HMAC-SHA256 over the parts, one after the other.
pub(super) fn mac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    // Any length of key is good for HMAC; an error cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return Vec::new();
    };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// Sends news in the order given, each until it is over.
pub(super) async fn deliver(control: Control, all: Vec<News>) {
    for news in all {
        let Some(notify_url) = control.payment(&news.order).map(|payment| payment.wish.notify_url)
        else {
            continue;
        };
        control.stand(Op::Hook, Point::Before).await;
        let lie = pick(&control, &news);
        if let Some(lie) = lie.as_ref().filter(|lie| lie.delay_ms > 0) {
            tokio::time::sleep(Duration::from_millis(lie.delay_ms)).await;
        }
        tell(&control, &notify_url, &news, lie).await;
        control.count(|counts| counts.hooks += 1);
    }
}

fn pick(control: &Control, news: &News) -> Option<Lie> {
    let mut world = control.world();
    let world = &mut *world;
    world.lies.pick(Op::Hook, &[&news.payment, &news.order], &mut world.chance)
}

async fn tell(control: &Control, notify_url: &str, news: &News, lie: Option<Lie>) {
    let deed = lie.as_ref().map_or(Deed::Honest, |lie| lie.deed);
    let mut sent = Sent {
        event: news.event.clone(),
        about: true_payment(control, news),
        body: body_of(control, news, lie.as_ref()),
        timestamp: String::new(),
        signature: String::new(),
        headers: Vec::new(),
        lie,
        at_ms: control.now_ms(),
        status: None,
        trouble: None,
    };
    if deed == Deed::Nothing {
        sent.trouble = Some("never sent".to_owned());
        control.world().record.hooks.push(sent);
        return;
    }
    send_until_heard(control, notify_url, &sent).await;
    match deed {
        Deed::Twice => send_until_heard(control, notify_url, &sent).await,
        Deed::OutOfOrder => {
            let stale = earlier_failure(control, news);
            send_until_heard(control, notify_url, &Sent { lie: None, ..stale(sent) }).await;
        }
        _ => {}
    }
}

fn true_payment(control: &Control, news: &News) -> String {
    let payment = control.payment(&news.order).map(|payment| payment.wish.payment);
    payment.unwrap_or_else(|| news.payment.clone())
}

/// News of a failure from before the news that was just told.
fn earlier_failure(control: &Control, news: &News) -> impl FnOnce(Sent) -> Sent {
    let event = format!("evt_{}", control.world().chance.word(16));
    let stale = News {
        event: event.clone(),
        kind: "payment.failed",
        status: "failed",
        created_at_ms: news.created_at_ms - 5_000,
        capture: None,
        ..news.clone()
    };
    let body = control.tongue().hook_body(&control.world(), &stale);
    |sent| Sent { event, body, ..sent }
}

fn body_of(control: &Control, news: &News, lie: Option<&Lie>) -> String {
    let truth = Lie::default();
    let lie = lie.unwrap_or(&truth);
    if lie.deed == Deed::Unreadable {
        return "event=payment.captured&status=ok".to_owned();
    }
    let told = News {
        payment: control.world().named_instead(lie, &news.payment),
        amount_minor: amount_instead(lie, news.amount_minor),
        currency: currency_instead(lie, &news.currency),
        ..news.clone()
    };
    control.tongue().hook_body(&control.world(), &told)
}

/// Sends until an answer of 2xx, or as often as is set. Each try is on record.
async fn send_until_heard(control: &Control, notify_url: &str, sent: &Sent) {
    let settings = control.settings();
    for attempt in 1..=settings.hook_tries.max(1) {
        if send(control, notify_url, sent.clone(), attempt).await {
            return;
        }
        if attempt < settings.hook_tries {
            tokio::time::sleep(Duration::from_millis(settings.hook_pause_ms)).await;
        }
    }
}

/// Sends once and writes it down; true when it was heard.
async fn send(control: &Control, notify_url: &str, mut sent: Sent, attempt: u32) -> bool {
    let deed = sent.lie.as_ref().map_or(Deed::Honest, |lie| lie.deed);
    sent.at_ms = control.now_ms();
    let signed_ms = if deed == Deed::Old { sent.at_ms - 3_600_000 } else { sent.at_ms };
    let config = control.config();
    let secret = match deed {
        Deed::Forged => "a key of somebody else",
        _ => config.webhook_secret.as_str(),
    };
    let letter = Letter { event: &sent.event, body: &sent.body, signed_ms, attempt };
    let sealed = control.tongue().seal(secret, &letter);
    sent.timestamp = sealed.timestamp.clone();
    sent.signature = if deed == Deed::Unsigned { String::new() } else { sealed.signature.clone() };
    let mut headers = sealed.headers(deed != Deed::Unsigned);
    sent.headers = headers.iter().map(|(n, value)| ((*n).to_owned(), value.clone())).collect();
    headers.push(("user-agent", "simulated-gateway".to_owned()));
    let body = sent.body.clone().into_bytes();
    let call = Call { method: Method::POST, url: notify_url.to_owned(), headers, body };
    match control.call(call).await {
        Ok(status) => sent.status = Some(status),
        Err(trouble) => sent.trouble = Some(trouble),
    }
    let heard = sent.status.is_some_and(|status| (200..300).contains(&status));
    control.world().record.hooks.push(sent);
    heard
}

/// Sends the bytes of an earlier webhook once more, signed anew.
pub(super) async fn send_again(control: Control, notify_url: String, sent: Sent) {
    let again = Sent { status: None, trouble: None, ..sent };
    send(&control, &notify_url, again, 1).await;
    control.count(|counts| counts.hooks += 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_its_secret_its_moment_and_its_bytes() {
        let signed = sign("secret", "1795269780", b"{}");
        assert_eq!(signed.len(), 64);
        assert_eq!(signed, sign("secret", "1795269780", b"{}"));
        for other in [
            sign("Secret", "1795269780", b"{}"),
            sign("secret", "1795269781", b"{}"),
            sign("secret", "1795269780", b"{ }"),
        ] {
            assert_ne!(signed, other);
        }
    }
}
