//! One tab of the browser, used as people use it: by the words on its buttons and fields, with a
//! mouse that presses where the button is. Waiting means waiting for the page to change.

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::chromium::{Chromium, PATIENCE};

pub struct Tab {
    chromium: Chromium,
    session: String,
    home: String,
    /// Pages run scripts, and so can be asked what was pressed.
    runs_scripts: bool,
    /// How many pages were shown that no server sent.
    shown: u32,
}

/// Finds what can be pressed by how its words begin, in the page's own part before its frame.
const PRESSABLE: &str = "((words, kinds) => [
        ...document.querySelectorAll(`main :is(${kinds})`), ...document.querySelectorAll(kinds),
    ].find(one => one.checkVisibility() && one.innerText.trim().startsWith(words)))";

/// Finds a field by how its label begins.
const FIELD: &str = "(words => [...document.querySelectorAll('label')]
    .find(one => one.checkVisibility() && one.innerText.trim().startsWith(words))?.control)";

impl Tab {
    /// Opens an empty tab; addresses without a host are those of `home`.
    pub fn open(home: &str) -> Tab {
        let mut chromium = Chromium::start();
        let wish = json!({"url": "about:blank"});
        let made = chromium.ask("", "Target.createTarget", wish).unwrap();
        let wish = json!({"targetId": made["targetId"], "flatten": true});
        let attached = chromium.ask("", "Target.attachToTarget", wish).unwrap();
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let home = home.to_owned();
        let mut tab = Tab { chromium, session, home, runs_scripts: true, shown: 0 };
        tab.wish("Page.enable", json!({}));
        tab.wish("DOM.enable", json!({}));
        // What no server sends is asked of the one who shows it.
        let shown = format!("{}/shown/*", tab.home);
        tab.wish("Fetch.enable", json!({"patterns": [{"urlPattern": shown}]}));
        tab
    }

    pub fn wish(&mut self, method: &str, wish: Value) -> Value {
        let done = self.chromium.ask(&self.session, method, wish);
        done.unwrap_or_else(|refused| panic!("{method}: {refused}"))
    }

    /// Pages run no script from now on.
    pub fn without_scripts(&mut self) {
        self.wish("Emulation.setScriptExecutionDisabled", json!({"value": true}));
        self.runs_scripts = false;
    }

    /// A screen of this width, as a phone has it.
    pub fn as_wide_as(&mut self, width: u32) {
        let screen = json!(
            {"width": width, "height": 740, "deviceScaleFactor": 2, "mobile": true}
        );
        self.wish("Emulation.setDeviceMetricsOverride", screen);
    }

    pub fn go(&mut self, path: &str) {
        let url = if path.starts_with('/') { self.home.clone() + path } else { path.to_owned() };
        self.chromium.forget();
        let gone = self.wish("Page.navigate", json!({"url": url}));
        assert!(gone["errorText"].is_null(), "{url}: {gone}");
        assert!(self.chromium.happens(&["Page.loadEventFired"], Instant::now() + PATIENCE));
    }

    /// What an expression is worth; an error where the page is not, or not yet, as it thinks.
    fn look(&mut self, expression: &str) -> Result<Value, String> {
        let wish = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let seen = self.chromium.ask(&self.session, "Runtime.evaluate", wish)?;
        match &seen["exceptionDetails"] {
            Value::Null => Ok(seen["result"]["value"].clone()),
            wrong => Err(wrong["exception"]["description"].to_string()),
        }
    }

    /// What an expression is worth on a page that stands still.
    pub fn tells(&mut self, expression: &str) -> Value {
        self.look(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is worth something, looking whenever the page changes.
    pub fn until(&mut self, expression: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.chromium.forget();
            // Only what was asked for once tells of its changes.
            self.wish("DOM.getDocument", json!({"depth": -1}));
            let seen = self.look(&format!("document.body && ({expression})"));
            let nothing = [json!(null), json!(false), json!("")];
            match &seen {
                Ok(worth) if !nothing.contains(worth) => return worth.clone(),
                _ => {}
            }
            if !self.chromium.happens(&["DOM.", "Page."], deadline) {
                let page = self.tells("`${location.href} ${document.body?.innerText}`");
                let page = page.as_str().unwrap_or_default();
                panic!("never held: {expression} ({seen:?})\non {page}");
            }
        }
    }

    /// Waits until the page says this.
    pub fn reads(&mut self, words: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(words)));
    }

    /// Waits until this is the page's first heading.
    pub fn is_headed(&mut self, words: &str) {
        self.until(&format!("document.querySelector('h1')?.innerText.trim() === {}", json!(words)));
    }

    /// Everything that can be read on the page.
    pub fn text(&mut self) -> String {
        self.tells("document.body.innerText").as_str().unwrap().to_owned()
    }

    pub fn path(&mut self) -> String {
        self.tells("location.pathname").as_str().unwrap().to_owned()
    }

    /// Presses what begins with these words, and waits for the page that it leads to.
    pub fn press(&mut self, words: &str) {
        self.pressed(words, "a,button");
        let loaded = self.chromium.happens(&["Page.loadEventFired"], Instant::now() + PATIENCE);
        assert!(loaded, "{words:?} leads nowhere");
    }

    /// Picks one of several, which leads to no other page.
    pub fn pick(&mut self, words: &str) {
        self.pressed(words, "label");
    }

    /// Unfolds what is hidden under these words.
    pub fn unfold(&mut self, words: &str) {
        self.pressed(words, "summary");
    }

    /// Waits for what begins with these words, and presses it with the mouse where it is. A page
    /// that moves by itself may move it away meanwhile, or put another in its place between the
    /// button's way down and up; then somebody presses once more. Without scripts none moves.
    fn pressed(&mut self, words: &str, kinds: &str) {
        let one = format!("{PRESSABLE}({}, {})", json!(words), json!(kinds));
        loop {
            self.press_once(words, &one);
            // A page that it led to knows nothing of it.
            let unpressed = self.look("window.unpressed === true");
            if !self.runs_scripts || !unpressed.is_ok_and(|unpressed| unpressed == true) {
                return;
            }
        }
    }

    fn press_once(&mut self, words: &str, one: &str) {
        let place = self.until(&format!(
            "document.readyState === 'complete' && (one => {{
                if (!one) return null;
                window.unpressed = true;
                document.addEventListener('click', event => {{
                    window.unpressed = !{one}?.contains(event.target);
                }}, {{capture: true, once: true}});
                one.scrollIntoView({{block: 'center', behavior: 'instant'}});
                const box = one.getClientRects()[0];
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const above = document.elementFromPoint(x, y);
                const free = one.contains(above) || !!above?.contains(one);
                return {{x, y, free, above: above?.outerHTML.slice(0, 200)}};
            }})({one})"
        ));
        assert_eq!(place["free"], true, "{words:?} lies under {}", place["above"]);
        for kind in ["mousePressed", "mouseReleased"] {
            let press = json!({
                "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1,
            });
            self.wish("Input.dispatchMouseEvent", press);
        }
    }

    /// Types into the field of this label, over what was in it.
    pub fn fill(&mut self, label: &str, text: &str) {
        let field = format!("{FIELD}({})", json!(label));
        self.until(&format!("document.readyState === 'complete' && !!{field}"));
        self.tells(&format!("(one => {{ one.focus(); one.select(); }})({field})"));
        self.wish("Input.insertText", json!({"text": text}));
        assert_eq!(self.tells(&format!("{field}.value")), text);
    }

    /// Chooses an option of the list of this label, by how it begins.
    pub fn choose(&mut self, label: &str, option: &str) {
        let field = format!("{FIELD}({})", json!(label));
        self.until(&format!("document.readyState === 'complete' && !!{field}"));
        let chosen = self.tells(&format!(
            "((list, words) => {{
                const at = [...list.options].findIndex(one => one.label.startsWith(words));
                if (at >= 0) list.selectedIndex = at;
                list.dispatchEvent(new Event('change', {{bubbles: true}}));
                return at >= 0;
            }})({field}, {})",
            json!(option)
        ));
        assert_eq!(chosen, true, "{label} does not offer {option}");
    }

    /// Shows a page that no server sent, at an address of the shop's. The browser goes there as to
    /// any other: one whose content is set from outside it now and then lays out for another
    /// screen than its own.
    pub fn show(&mut self, html: &str) {
        self.shown += 1;
        let url = format!("{}/shown/{}", self.home, self.shown);
        self.chromium.forget();
        self.tells(&format!("void location.assign({})", json!(url)));
        let asked = self.asked_for(&url);
        let sent = json!({
            "requestId": asked,
            "responseCode": 200,
            "responseHeaders": [{"name": "content-type", "value": "text/html; charset=utf-8"}],
            "body": BASE64_STANDARD.encode(html),
        });
        self.wish("Fetch.fulfillRequest", sent);
        assert!(self.chromium.happens(&["Page.loadEventFired"], Instant::now() + PATIENCE));
    }

    /// Waits until the browser asks for this address; the page before may ask for its own.
    fn asked_for(&mut self, url: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let asked = self.chromium.comes(&["Fetch.requestPaused"], deadline);
            let asked = asked.unwrap_or_else(|| panic!("nobody asked for {url}"));
            if asked["params"]["request"]["url"] == url {
                return asked["params"]["requestId"].clone();
            }
        }
    }
}
