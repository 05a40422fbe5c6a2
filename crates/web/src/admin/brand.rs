//! The shop's own face, as staff set it: name, support, colours, picture, and texts for the law.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::response::Response;
use engine::Error;
use engine::brand::{Accent, BrandWish, Colour, Legal};
use serde::Deserialize;

use super::fault::words;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::brand::contrast::{DARK, LIGHT, READABLE, Theme};
use crate::brand::title_of;
use crate::language::Language;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::brand::{Face, LegalForm};
use crate::view::{Choice, Field, Here, Said};

const TITLE: &str = "How the shop looks";

/// `/admin/brand`
pub(crate) async fn show(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    page::show(&face(&shop, &around).await?)
}

async fn face(shop: &Shop, around: &Around) -> Result<Face, Problem> {
    let brand = shop.engine().brand_now().await?;
    Ok(Face::of(&brand, around.frame(shop, TITLE, Here::StaffBrand)))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    support: String,
    #[serde(default)]
    light: String,
    #[serde(default)]
    dark: String,
}

pub(crate) async fn set(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(sent): Posted<Sent>,
) -> Result<Response, Problem> {
    let accent = accent(&sent.light, &sent.dark);
    let wish = BrandWish {
        name: sent.name.clone(),
        support: sent.support.clone(),
        accent: accent.as_ref().ok().copied().flatten(),
    };
    let why = match &accent {
        Err(wrong) => Error::invalid("invalid-colour", wrong.text.clone()),
        Ok(_) => match shop.engine().set_brand(&wish, me.actor()).await {
            Ok(()) => return Ok(page::on_to_say(paths::STAFF_BRAND, Said::BrandSaved)),
            Err(why @ Error::Invalid { .. }) => why,
            Err(why) => return Err(why.into()),
        },
    };
    let field = |value: &str, why: Option<String>| Field { value: value.to_owned(), error: why };
    let (in_light, in_dark) = match accent {
        Ok(_) => (None, None),
        Err(wrong) if wrong.is_dark => (None, Some(wrong.text)),
        Err(wrong) => (Some(wrong.text), None),
    };
    let page = Face {
        name: field(&sent.name, wish.read_name().err().map(|why| words(&why))),
        support: field(&sent.support, wish.read_support().err().map(|why| words(&why))),
        light: field(&sent.light, in_light),
        dark: field(&sent.dark, in_dark),
        ..face(&shop, &around).await?
    };
    page::show_refused(why, &page)
}

/// A colour that cannot be taken, with what to do.
struct Wrong {
    is_dark: bool,
    text: String,
}

/// Both colours, or none. The one for dark pages may be left to us.
fn accent(light: &str, dark: &str) -> Result<Option<Accent>, Wrong> {
    let wrong = |is_dark, text: &str| Wrong { is_dark, text: text.to_owned() };
    match (light.trim(), dark.trim()) {
        ("", "") => Ok(None),
        ("", _) => Err(wrong(false, "Say the colour for light pages too, or leave both empty.")),
        (light, dark) => {
            let light = readable(light, &LIGHT).map_err(|text| Wrong { is_dark: false, text })?;
            let dark = match dark {
                "" => DARK.nearest(light),
                dark => readable(dark, &DARK).map_err(|text| Wrong { is_dark: true, text })?,
            };
            Ok(Some(Accent { light, dark }))
        }
    }
}

fn readable(text: &str, theme: &Theme) -> Result<Colour, String> {
    let colour = Colour::parse(text)
        .ok_or("Write the colour as # and six digits, such as #0a6570.".to_owned())?;
    if theme.can_read(colour) {
        return Ok(colour);
    }
    let near = theme.nearest(colour).hex();
    let (too, pages, another) =
        if *theme == DARK { ("dark", "dark", "paler") } else { ("pale", "light", "darker") };
    Err(format!(
        "Too {too} for {pages} pages: {:.1} to 1 at its worst, and text needs {READABLE} to 1. \
         Take a {another} one; {near} is the nearest that can be read.",
        theme.contrast(colour)
    ))
}

/// `/admin/brand/logo`
pub(crate) async fn set_logo(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let form = form.map_err(|_| Problem::malformed("send the picture as a form does"))?;
    let picture = uploaded(form).await?;
    match shop.engine().set_logo(picture, me.actor()).await {
        Ok(()) => Ok(page::on_to_say(paths::STAFF_BRAND, Said::BrandSaved)),
        Err(why @ Error::Invalid { .. }) => {
            let refused = Some(words(&why));
            page::show_refused(why, &Face { refused, ..face(&shop, &around).await? })
        }
        Err(why) => Err(why.into()),
    }
}

/// The file of the form; nothing where none was chosen.
async fn uploaded(mut form: Multipart) -> Result<Vec<u8>, Problem> {
    let unread = |_| Problem::malformed("the form broke off; choose the picture and send it again");
    while let Some(field) = form.next_field().await.map_err(unread)? {
        if field.name() == Some("logo") {
            return Ok(field.bytes().await.map_err(unread)?.to_vec());
        }
    }
    Ok(Vec::new())
}

pub(crate) async fn remove_logo(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    shop.engine().remove_logo(me.actor()).await?;
    Ok(page::on_to_say(paths::STAFF_BRAND, Said::BrandSaved))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    language: String,
}

/// `/admin/legal/{page}`
pub(crate) async fn text(
    State(shop): State<Shop>,
    around: Around,
    At(page): At<Legal>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let language = Language::of(&which.language).unwrap_or_default();
    let held = shop.engine().legal_text(page, language.code()).await?;
    let is_there = held.is_some();
    let text = Field::of(held.map_or_else(String::new, |held| held.text));
    page::show(&LegalForm { text, is_there, ..blank(&shop, &around, page, language) })
}

fn blank(shop: &Shop, around: &Around, page: Legal, language: Language) -> LegalForm {
    let title = Language::default().say(title_of(page));
    let languages = Language::all()
        .map(|one| Choice { chosen: one == language, ..Choice::of(one.code(), one.name()) });
    LegalForm {
        frame: around.frame(shop, title.clone(), Here::StaffBrand),
        slug: page.slug(),
        title,
        languages: languages.collect(),
        language,
        text: Field::default(),
        is_there: false,
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Written {
    language: String,
    #[serde(default)]
    text: String,
}

pub(crate) async fn set_text(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(page): At<Legal>,
    Posted(Written { language, text }): Posted<Written>,
) -> Result<Response, Problem> {
    let language = Language::of(&language)
        .ok_or_else(|| Problem::malformed("the shop does not speak this language"))?;
    match shop.engine().set_legal_text(page, language.code(), &text, me.actor()).await {
        Ok(()) => Ok(page::on_to_say(paths::STAFF_BRAND, Said::BrandSaved)),
        Err(why @ Error::Invalid { .. }) => {
            let text = Field::wrong(text, words(&why));
            let page = LegalForm { text, is_there: true, ..blank(&shop, &around, page, language) };
            page::show_refused(why, &page)
        }
        Err(why) => Err(why.into()),
    }
}
