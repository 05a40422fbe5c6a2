//! What mails say, changed by staff: every text is checked against what its kind of mail knows, and
//! read as the mail would before it holds.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::mail::text::{MailText, TextWords};
use engine::mail::told::Told;
use serde::Deserialize;

use super::fault;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::language::Language;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::mail_texts::{List, Placeholder, Row, TextForm, Version};
use crate::view::admin::remedies::Letter;
use crate::view::mail::{Sampled, Shipped, every_sample, shipped};
use crate::view::{Field, Frame, Here, Said};

#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    subject: String,
    #[serde(default)]
    heading: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    seen: i64,
    #[serde(default)]
    preview: String,
    #[serde(default)]
    reset: String,
}

/// A text that can be changed: the mail's sample, and what came with the program.
pub(crate) struct Text {
    pub(crate) sample: Sampled,
    pub(crate) shipped: Shipped,
}

impl Text {
    /// Mails for staff, and apologies, have none.
    pub(crate) fn of(shop: &Shop, sample: Sampled) -> Option<Text> {
        shipped(&shop.mail_words(), &sample).map(|shipped| Text { sample, shipped })
    }

    pub(crate) fn at(&self) -> (&str, &str) {
        (self.sample.name, self.sample.code())
    }

    fn language(&self) -> Language {
        Language::of(self.sample.code()).unwrap_or_default()
    }

    /// Checks words, and has the mail say them from now on.
    pub(crate) async fn set(
        &self,
        shop: &Shop,
        (seen, words): (i64, TextWords),
        actor: &str,
    ) -> Result<(), Error> {
        self.check(&words)?;
        shop.engine().set_mail_text(self.at(), seen, Some(words), actor).await
    }

    fn check(&self, words: &TextWords) -> Result<(), Error> {
        let wrong = |why: crate::view::mail::Wrong| Error::invalid("invalid-text", why.to_string());
        self.shipped.check(words).map_err(wrong)
    }
}

/// `/admin/mails/texts`
pub(crate) async fn list(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    let own = shop.engine().own_texts().await?;
    let texts = every_sample().into_iter().filter_map(|sample| Text::of(&shop, sample));
    let rows = texts.map(|text| {
        let held = text.sample.text_of(&own);
        let is_own = held.is_some();
        Row {
            address: text.sample.address(),
            what: text.sample.what.to_owned(),
            language: text.language().name(),
            subject: held.unwrap_or(text.shipped.words).subject,
            is_own,
        }
    });
    let frame = around.frame(&shop, "Mail texts", Here::StaffMailTexts);
    page::show(&List { rows: rows.collect(), frame })
}

/// `/admin/mails/texts/{id}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    At(sample): At<Sampled>,
) -> Result<Response, Problem> {
    let text = text_of(&shop, sample)?;
    page::show(&form(&shop, &around, &text, None).await?)
}

fn text_of(shop: &Shop, sample: Sampled) -> Result<Text, Problem> {
    let address = sample.address();
    Text::of(shop, sample).ok_or_else(|| Problem::missing("mail text", &address))
}

pub(crate) async fn set(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(sample): At<Sampled>,
    Posted(sent): Posted<Sent>,
) -> Result<Response, Problem> {
    let text = text_of(&shop, sample)?;
    let words = TextWords {
        subject: sent.subject.clone(),
        heading: sent.heading.clone(),
        body: sent.body.replace("\r\n", "\n"),
    };
    let done = match (sent.reset == "true", sent.preview == "true") {
        (true, _) => shop.engine().set_mail_text(text.at(), sent.seen, None, me.actor()).await,
        (false, true) => match text.check(&words) {
            Ok(()) => {
                let sent = Some((sent.seen, words));
                return page::show(&form(&shop, &around, &text, sent).await?);
            }
            Err(why) => Err(why),
        },
        (false, false) => text.set(&shop, (sent.seen, words.clone()), me.actor()).await,
    };
    match done {
        Ok(()) => {
            let path = paths::staff_mail_text(&text.sample.address());
            Ok(page::on_to_say(&path, Said::Done))
        }
        Err(why @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            let refused = Some(fault::words(&why));
            let typed = match sent.reset == "true" {
                true => None,
                false => Some((sent.seen, words)),
            };
            let shown = form(&shop, &around, &text, typed).await?;
            page::show_refused(why, &TextForm { refused, letter: None, ..shown })
        }
        Err(why) => Err(why.into()),
    }
}

/// The page of one text: with what was typed, or with what holds.
async fn form(
    shop: &Shop,
    around: &Around,
    text: &Text,
    typed: Option<(i64, TextWords)>,
) -> Result<TextForm, Problem> {
    let (kind, language) = text.at();
    let versions = shop.engine().mail_text(kind, language).await?;
    let newest = versions.first();
    let held = newest.and_then(|version| version.words.clone());
    let (is_own, is_saved) = (held.is_some(), typed.is_none());
    let number = newest.map_or(0, |version| version.number);
    let (seen, words) =
        typed.unwrap_or_else(|| (number, held.unwrap_or_else(|| text.shipped.words.clone())));
    let letter = match text.shipped.check(&words) {
        Ok(()) => Some(letter(shop, text, &words).await?),
        Err(_) => None,
    };
    let frame = around.frame(shop, text.sample.what, Here::StaffMailTexts);
    let known = text.shipped.known.iter();
    Ok(TextForm {
        address: text.sample.address(),
        what: text.sample.what.to_owned(),
        language: text.language(),
        subject: Field::of(words.subject),
        heading: Field::of(words.heading),
        body: Field::of(words.body),
        refused: None,
        seen,
        is_own,
        placeholders: known
            .map(|(name, example)| Placeholder {
                name,
                example: example.clone(),
                is_needed: text.shipped.needed.contains(name),
            })
            .collect(),
        letter,
        is_saved,
        versions: versions.into_iter().map(|version| told(version, &frame)).collect(),
        frame,
    })
}

/// The sample in these words.
async fn letter(shop: &Shop, text: &Text, words: &TextWords) -> Result<Letter, Problem> {
    let brand = shop.engine().brand_now().await?;
    let sample = text.sample.told.clone();
    let worded = shop.in_words(&Told { brand, text: Some(words.clone()), ..sample })?;
    let to = match text.sample.told.name.as_str() {
        "" => "somebody".to_owned(),
        name => name.to_owned(),
    };
    Ok(Letter { to, subject: worded.subject, text: worded.text })
}

fn told(version: MailText, frame: &Frame) -> Version {
    Version {
        at: frame.time(version.at),
        actor: version.actor,
        words: version.words.map(|words| (words.subject, words.heading, words.body)),
    }
}
