//! The shop's own face: the texts that the law wants, and the pages where staff set all of it.

use askama::Template;
use engine::brand::{Brand, Legal};

use super::frame::sample_time;
use super::when::Moment;
use super::{Choice, Field, Frame, Here, Sample};
use crate::brand::markdown;
use crate::language::Language;

/// `/legal/{page}`
#[derive(Clone, Debug, Template)]
#[template(path = "legal.html")]
pub struct LegalPage {
    pub frame: Frame,
    /// Of the text, as it is laid out.
    pub html: String,
    pub since: Moment,
    /// What the text is written in, which need not be what the page is in.
    pub language: Language,
}

/// `/admin/brand`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/brand.html")]
pub struct Face {
    pub frame: Frame,
    pub name: Field,
    pub support: Field,
    pub light: Field,
    pub dark: Field,
    /// Why a picture was not taken.
    pub refused: Option<String>,
    /// Each text with the languages that it is there in.
    pub texts: Vec<Text>,
}

/// One of the texts, in a list.
#[derive(Clone, Debug)]
pub struct Text {
    pub slug: &'static str,
    pub title: String,
    pub languages: Vec<String>,
}

impl Face {
    pub fn of(brand: &Brand, frame: Frame) -> Face {
        let colours = brand.accent.map(|accent| (accent.light.hex(), accent.dark.hex()));
        let (light, dark) = colours.unzip();
        let field = |value: Option<String>| Field::of(value.unwrap_or_default());
        Face {
            name: field(brand.given_name.clone()),
            support: field(brand.support.clone()),
            light: field(light),
            dark: field(dark),
            refused: None,
            texts: Legal::ALL.into_iter().map(|page| text(brand, page)).collect(),
            frame,
        }
    }
}

fn text(brand: &Brand, page: Legal) -> Text {
    let there = brand.legal.iter().filter(|(known, _)| *known == page);
    let languages = there.filter_map(|(_, code)| Language::of(code)).map(Language::name);
    let title = Language::default().say(crate::brand::title_of(page));
    Text { slug: page.slug(), title, languages: languages.collect() }
}

/// `/admin/legal/{page}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/legal.html")]
pub struct LegalForm {
    pub frame: Frame,
    pub slug: &'static str,
    pub title: String,
    /// The languages that a text can be in.
    pub languages: Vec<Choice>,
    pub language: Language,
    pub text: Field,
    pub is_there: bool,
}

impl Frame {
    /// As a shop looks that staff have given a face.
    #[must_use]
    pub fn branded_sample(self) -> Frame {
        let colour = |text: &str| engine::brand::Colour::parse(text);
        let accent = colour("#8a3a1f").zip(colour("#ff9d80"));
        let brand = Brand {
            given_name: Some("Coral Cloud".into()),
            support: Some("help@coral.example".into()),
            accent: accent.map(|(light, dark)| engine::brand::Accent { light, dark }),
            logo: Some("0123456789abcdef01234567".into()),
            legal: Legal::ALL.into_iter().map(|page| (page, "en".to_owned())).collect(),
        };
        Frame { brand: std::sync::Arc::new(brand), ..self }
    }
}

impl Sample for LegalPage {
    fn samples(_: Language) -> Vec<(&'static str, LegalPage)> {
        let frame = Frame::sample("Refunds and cancellations", Here::Elsewhere).branded_sample();
        let text = "# When\n\nWithin **7 days**, see [the terms](/legal/terms).\n\n* all of it\n* \
                    <script>never</script>";
        let page = LegalPage {
            html: markdown::html(text),
            since: frame.day(sample_time("10:00:00")),
            language: Language::default(),
            frame,
        };
        vec![("refunds", page)]
    }
}

impl Sample for Face {
    fn samples(_: Language) -> Vec<(&'static str, Face)> {
        let frame = Frame::staff_sample("How the shop looks", Here::StaffBrand);
        let bare = Face::of(&frame.brand, frame.clone());
        let frame = frame.branded_sample();
        let set = Face::of(&frame.brand.clone(), frame);
        let wrong = Face {
            light: Field::wrong(
                "#ff9900",
                "Too pale for light pages: 1.9 to 1 at its worst, and text needs 4.5 to 1. Take a \
                 darker one; #9b5d00 is the nearest that can be read.",
            ),
            refused: Some("This is no PNG, JPEG or WebP picture.".into()),
            ..set.clone()
        };
        vec![("bare", bare), ("set", set), ("wrong", wrong)]
    }
}

impl Sample for LegalForm {
    fn samples(_: Language) -> Vec<(&'static str, LegalForm)> {
        let languages =
            Language::all().map(|language| Choice::of(language.code(), language.name()));
        let form = LegalForm {
            frame: Frame::staff_sample("Terms", Here::StaffBrand),
            slug: Legal::Terms.slug(),
            title: "Terms".into(),
            languages: languages.collect(),
            language: Language::default(),
            text: Field::of("## What we sell\n\nServers, exactly as they are ordered."),
            is_there: true,
        };
        let text = Field::wrong("x", "The text is too long: at most 60000 characters.");
        let wrong = LegalForm { text, is_there: false, ..form.clone() };
        vec![("there", form), ("wrong", wrong)]
    }
}
