//! Signing in with a device that makes codes. The codes are made by the browser's own
//! cryptography: none of the shop's is asked.

use serde_json::json;

use super::shop::{PASSWORD, Shop, sign_up};
use super::tab::Tab;

/// RFC 6238 with its usual numbers: SHA-1, six figures, thirty seconds; `ahead` in such steps.
fn code(tab: &mut Tab, secret: &str, ahead: u32) -> String {
    let made = tab.tells(&format!(
        "(async (secret, ahead) => {{
            const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
            const bits = [...secret.replace(/[^A-Z2-7]/g, '')]
                .map(one => letters.indexOf(one).toString(2).padStart(5, '0')).join('');
            const bytes = bits.match(/.{{8}}/g).map(one => parseInt(one, 2));
            const moment = new DataView(new ArrayBuffer(8));
            moment.setUint32(4, Math.floor(Date.now() / 30000) + ahead);
            const how = {{name: 'HMAC', hash: 'SHA-1'}};
            const raw = new Uint8Array(bytes);
            const key = await crypto.subtle.importKey('raw', raw, how, false, ['sign']);
            const mac = new DataView(await crypto.subtle.sign('HMAC', key, moment.buffer));
            const cut = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
            return String(cut % 1000000).padStart(6, '0');
        }})({}, {ahead})",
        json!(secret)
    ));
    made.as_str().unwrap().to_owned()
}

#[test]
fn whoever_has_a_second_factor_is_let_in_by_its_code_and_by_nothing_less() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    tab.go("/account");
    tab.press("Set it up");
    tab.is_headed("A second factor");
    let secret = tab.tells("document.querySelector('#secret').innerText");
    let secret = secret.as_str().unwrap().to_owned();
    let first = code(&mut tab, &secret, 0);
    tab.fill("Code", &first);
    tab.press("Switch it on");
    tab.is_headed("Recovery codes");
    assert_eq!(tab.tells("document.querySelectorAll('#codes li').length"), 10);
    tab.press("I have them");

    tab.press("Sign out");
    tab.reads("You are signed out.");
    tab.go("/login?next=/my-servers");
    tab.fill("Email address", "asha@example.com");
    tab.fill("Password", PASSWORD);
    tab.press("Sign in");
    tab.is_headed("Your code");
    // The password alone opens nothing.
    tab.go("/my-servers");
    tab.is_headed("Sign in");
    tab.fill("Email address", "asha@example.com");
    tab.fill("Password", PASSWORD);
    tab.press("Sign in");
    tab.is_headed("Your code");
    // A code counts once: the one that switched it on is no longer good.
    tab.fill("Code", &first);
    tab.press("Sign in");
    tab.until("!!document.querySelector('#code-error')");
    let next = code(&mut tab, &secret, 1);
    tab.fill("Code", &next);
    tab.press("Sign in");
    tab.until("location.pathname === '/my-servers'");
}
