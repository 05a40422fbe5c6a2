//! How the shop shows itself: its name, picture and colours, where support is reached, and what it
//! says for the law. Staff set it while the shop runs; every node shows it a moment later.
//! Not for whether a colour can be read: whoever draws pages knows what it would lie on.

mod colour;
mod picture;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::clock::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::brand::{BrandRows, FACTS, LOGO};
use store::db::StoreError;

pub use colour::{Accent, Colour};
pub use picture::PICTURE_MAX;
pub use store::brand::LegalText;

use crate::{Engine, Error, Result, email, wording};

/// What the shop is called until staff call it something else.
pub const FIRST_NAME: &str = "Berth";
const NAME_MAX: usize = 40;
const TEXT_MAX: usize = 60_000;
/// So old may be what pages show; another node's change shows after this.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// What audit rows about all of this are about.
const SHOP: &str = "shop";

/// How the shop shows itself now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// What staff call it, if they have said.
    pub given_name: Option<String>,
    /// Where customers write to.
    pub support: Option<String>,
    pub accent: Option<Accent>,
    /// The hash of its picture.
    pub logo: Option<String>,
    /// Which texts there are, each with the code of its language.
    pub legal: Vec<(Legal, String)>,
}

impl Brand {
    pub fn name(&self) -> &str {
        self.given_name.as_deref().unwrap_or(FIRST_NAME)
    }

    /// Which texts there are, in whatever language, in the order in which they are told of.
    pub fn pages(&self) -> impl Iterator<Item = Legal> {
        Legal::ALL.into_iter().filter(|page| self.legal.iter().any(|(known, _)| known == page))
    }
}

/// A text that the law wants, or that customers agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legal {
    Terms,
    Privacy,
    Refunds,
    Imprint,
}

impl Legal {
    pub const ALL: [Legal; 4] = [Legal::Terms, Legal::Privacy, Legal::Refunds, Legal::Imprint];

    pub fn slug(self) -> &'static str {
        match self {
            Legal::Terms => "terms",
            Legal::Privacy => "privacy",
            Legal::Refunds => "refunds",
            Legal::Imprint => "imprint",
        }
    }

    pub fn parse(slug: &str) -> Option<Legal> {
        Legal::ALL.into_iter().find(|page| page.slug() == slug)
    }
}

/// What staff want the shop to be called, and how it looks.
#[derive(Clone, Debug, Default)]
pub struct BrandWish {
    /// Nothing: the first name again.
    pub name: String,
    /// Nothing: none.
    pub support: String,
    pub accent: Option<Accent>,
}

impl BrandWish {
    /// What the name would be; the refusal says what is wrong with it.
    pub fn read_name(&self) -> Result<Option<String>> {
        match self.name.trim() {
            "" => Ok(None),
            name => wording::line(name, "the name", NAME_MAX).map(Some),
        }
    }

    pub fn read_support(&self) -> Result<Option<String>> {
        match self.support.trim() {
            "" => Ok(None),
            address => email::parse(address).map(Some),
        }
    }
}

/// As the setting keeps it. A field that comes later must be one that older rows may lack.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    name: Option<String>,
    support: Option<String>,
    light: Option<String>,
    dark: Option<String>,
}

/// Strictly: what cannot be read is not taken for nothing.
pub(crate) fn read(rows: BrandRows) -> Result<Brand> {
    let wrong = |why: String| StoreError::Inconsistent { what: "brand", why };
    let kept = rows.facts.as_deref().map(serde_json::from_str::<Kept>).transpose();
    let kept = kept.map_err(|error| wrong(error.to_string()))?.unwrap_or_default();
    let colour = |text: String| Colour::parse(&text).ok_or_else(|| wrong(text));
    let (light, dark) = (kept.light.map(colour).transpose()?, kept.dark.map(colour).transpose()?);
    let accent = match (light, dark) {
        (Some(light), Some(dark)) => Some(Accent { light, dark }),
        (None, None) => None,
        _ => return Err(wrong("one colour of two".to_owned()).into()),
    };
    let legal = rows.legal.into_iter().map(|(slug, language)| {
        Legal::parse(&slug).map(|page| (page, language)).ok_or_else(|| wrong(slug))
    });
    Ok(Brand {
        given_name: kept.name,
        support: kept.support,
        accent,
        logo: rows.logo,
        legal: legal.collect::<std::result::Result<_, _>>()?,
    })
}

/// What this process has read last.
#[derive(Default)]
pub(crate) struct Shown {
    last: RwLock<Option<(Timestamp, Arc<Brand>)>>,
    /// One reads at a time; the others show what was there before.
    reading: tokio::sync::Mutex<()>,
}

impl Shown {
    fn last(&self) -> Option<(Timestamp, Arc<Brand>)> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget(&self) {
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Engine {
    /// How the shop shows itself, as it was a moment ago: for pages, of which there are many.
    pub async fn brand(&self) -> Result<Arc<Brand>> {
        let (now, seen) = (self.now(), self.shown.last());
        let is_fresh = |at: Timestamp| now.since(at).max(at.since(now)) < FRESH_FOR;
        if let Some((_, brand)) = seen.as_ref().filter(|(at, _)| is_fresh(*at)) {
            return Ok(brand.clone());
        }
        let _alone = match (self.shown.reading.try_lock(), seen) {
            (Ok(alone), _) => alone,
            (Err(_), Some((_, brand))) => return Ok(brand),
            (Err(_), None) => self.shown.reading.lock().await,
        };
        let brand = Arc::new(self.brand_now().await?);
        let mut last = self.shown.last.write().unwrap_or_else(PoisonError::into_inner);
        *last = Some((now, brand.clone()));
        Ok(brand)
    }

    /// What this process knows of it without asking: for pages that say that nothing can be asked.
    pub fn brand_known(&self) -> Arc<Brand> {
        self.shown.last().map(|(_, brand)| brand).unwrap_or_default()
    }

    /// How the shop shows itself at this moment: for what is written once.
    pub async fn brand_now(&self) -> Result<Brand> {
        read(self.db().read(|tx| tx.brand()).await?)
    }

    /// Sets name, support and colours.
    pub async fn set_brand(&self, wish: &BrandWish, actor: &str) -> Result<()> {
        let (name, support) = (wish.read_name()?, wish.read_support()?);
        let colours = wish.accent.map(|Accent { light, dark }| (light.hex(), dark.hex()));
        let (light, dark) = colours.unzip();
        let said = [("name", &name), ("support", &support), ("light", &light), ("dark", &dark)];
        let said = said.map(|(what, value)| format!("{what} {}", value.as_deref().unwrap_or("–")));
        let detail = said.join(", ");
        let kept = serde_json::to_string(&Kept { name, support, light, dark });
        let (kept, actor) = (kept.map_err(|e| Error::Bug(e.to_string()))?, actor.to_owned());
        self.changed(async {
            self.db()
                .write(move |tx| {
                    tx.set_setting(FACTS, &kept, &actor)?;
                    tx.audit(&actor, "set-brand", SHOP, &detail)
                })
                .await
        })
        .await
    }

    /// Takes a picture that somebody uploaded, whatever it says it is. What is kept and shown is
    /// drawn anew from its points, and holds nothing else of what came.
    pub async fn set_logo(&self, uploaded: Vec<u8>, actor: &str) -> Result<()> {
        let drawn = tokio::task::spawn_blocking(move || picture::redrawn(&uploaded));
        let drawn = drawn.await.map_err(|error| Error::Bug(error.to_string()))??;
        let hash = hex::encode(&Sha256::digest(&drawn)[..12]);
        let actor = actor.to_owned();
        self.changed(async {
            self.db()
                .write(move |tx| {
                    tx.insert_picture(&hash, &drawn, &actor)?;
                    tx.set_setting(LOGO, &hash, &actor)?;
                    tx.audit(&actor, "set-logo", SHOP, &hash)
                })
                .await
        })
        .await
    }

    /// Shows the shop's own mark again.
    pub async fn remove_logo(&self, actor: &str) -> Result<()> {
        let actor = actor.to_owned();
        self.changed(async {
            self.db()
                .write(move |tx| match tx.delete_setting(LOGO)? {
                    true => tx.audit(&actor, "remove-logo", SHOP, ""),
                    false => Ok(()),
                })
                .await
        })
        .await
    }

    /// A picture that was uploaded once, as a PNG.
    pub async fn picture(&self, hash: &str) -> Result<Vec<u8>> {
        let wanted = hash.to_owned();
        let found = self.db().read(move |tx| tx.lookup_picture(&wanted)).await?;
        found.ok_or_else(|| Error::missing("picture", hash))
    }

    /// The text that holds in a language.
    pub async fn legal_text(&self, page: Legal, language: &str) -> Result<Option<LegalText>> {
        let language = language.to_owned();
        Ok(self.db().read(move |tx| tx.legal_text(page.slug(), &language)).await?)
    }

    /// Writes what holds from now on; nothing takes the page away. What held before is kept.
    pub async fn set_legal_text(
        &self,
        page: Legal,
        language: &str,
        text: &str,
        actor: &str,
    ) -> Result<()> {
        let text = read_text(text)?;
        let (language, actor) = (language.to_owned(), actor.to_owned());
        self.changed(async {
            self.db()
                .write(move |tx| {
                    let held = tx.legal_text(page.slug(), &language)?;
                    if held.map_or_else(String::new, |held| held.text) == text {
                        return Ok(());
                    }
                    tx.add_legal_text(page.slug(), &language, &text, &actor)?;
                    let detail = format!("{} in {language}", page.slug());
                    tx.audit(&actor, "set-legal-text", SHOP, &detail)
                })
                .await
        })
        .await
    }

    /// Does what changes the brand, and has this process look anew whatever came of it.
    async fn changed(
        &self,
        change: impl Future<Output = std::result::Result<(), StoreError>>,
    ) -> Result<()> {
        let done = change.await;
        self.shown.forget();
        Ok(done?)
    }
}

/// A text as it was typed, with the ends of its lines as ours are.
fn read_text(text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.chars().count() > TEXT_MAX {
        let why = format!("the text is too long: at most {TEXT_MAX} characters");
        return Err(Error::invalid("invalid-text", why));
    }
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        let why = "the text holds signs that cannot be shown; paste it as plain text";
        return Err(Error::invalid("invalid-text", why));
    }
    Ok(text)
}
