//! What mails to customers say: all texts with their placeholders, changed and reset one by one.

use axum::Json;
use axum::extract::State;
use engine::mail::text::TextWords;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::mail_texts::Text;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{At, Sent};
use crate::problem::Problem;
use crate::view::mail::{Sampled, every_sample};

/// What one mail says in one language. Placeholders stand in braces.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailText)]
pub(crate) struct TextAnswer {
    /// Such as `paid`, and `paid.hi` in Hindi.
    id: String,
    what: String,
    language: String,
    /// Staff changed it; otherwise it is what came with the program.
    is_own: bool,
    subject: String,
    heading: String,
    text: String,
    placeholders: Vec<&'static str>,
    /// Those that heading or text must have.
    needed: Vec<&'static str>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MailTextWish)]
pub(crate) struct Wish {
    subject: String,
    heading: String,
    text: String,
}

/// Mail texts
#[utoipa::path(
    get,
    path = "/api/admin/mail-texts",
    tag = "staff",
    responses((status = 200, body = Vec<TextAnswer>))
)]
pub(crate) async fn list(State(shop): State<Shop>) -> Result<Json<Vec<TextAnswer>>, Problem> {
    let own = shop.engine().own_texts().await?;
    let texts = every_sample().into_iter().filter_map(|sample| Text::of(&shop, sample));
    let answer = texts.map(|text| {
        let held = text.sample.text_of(&own);
        let is_own = held.is_some();
        let TextWords { subject, heading, body } = held.unwrap_or(text.shipped.words);
        TextAnswer {
            id: text.sample.address(),
            what: text.sample.what.to_owned(),
            language: text.sample.code().to_owned(),
            is_own,
            subject,
            heading,
            text: body,
            placeholders: text.shipped.known.iter().map(|(name, _)| *name).collect(),
            needed: text.shipped.needed,
        }
    });
    Ok(Json(answer.collect()))
}

/// Change a mail text
#[utoipa::path(
    put,
    path = "/api/admin/mail-texts/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "Such as `paid` or `paid.hi`")),
    request_body = Wish,
    responses((status = 204, description = "The mail says so from now on"))
)]
pub(crate) async fn set(
    State(shop): State<Shop>,
    me: Me,
    At(sample): At<Sampled>,
    Sent(wish): Sent<Wish>,
) -> Result<StatusCode, Problem> {
    let text = text_of(&shop, sample)?;
    let Wish { subject, heading, text: body } = wish;
    let seen = newest(&shop, &text).await?;
    text.set(&shop, (seen, TextWords { subject, heading, body }), me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Go back to the shipped mail text
#[utoipa::path(
    delete,
    path = "/api/admin/mail-texts/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "Such as `paid` or `paid.hi`")),
    responses((status = 204, description = "It says what came with the program"))
)]
pub(crate) async fn reset(
    State(shop): State<Shop>,
    me: Me,
    At(sample): At<Sampled>,
) -> Result<StatusCode, Problem> {
    let text = text_of(&shop, sample)?;
    let seen = newest(&shop, &text).await?;
    shop.engine().set_mail_text(text.at(), seen, None, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn text_of(shop: &Shop, sample: Sampled) -> Result<Text, Problem> {
    let address = sample.address();
    Text::of(shop, sample).ok_or_else(|| Problem::missing("mail text", &address))
}

async fn newest(shop: &Shop, text: &Text) -> Result<i64, Problem> {
    let (kind, language) = text.at();
    let versions = shop.engine().mail_text(kind, language).await?;
    Ok(versions.first().map_or(0, |version| version.number))
}
