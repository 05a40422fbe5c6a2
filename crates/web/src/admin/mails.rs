//! Mail as staff see it: the list with what became of each, one as its receiver sees it, sending it
//! once more, and a picture of every template.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use engine::mail::MailId;
use engine::mail::told::Told;
use engine::read::{Mail, MailState, MailView, Worded};
use http::header;
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::headers::{FRAMED_BY_US, FRAMING_OURS, MAIL_POLICY, NO_STORE};
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::mails::{Gallery, List, Picture, Row, Show, kind_words};
use crate::view::mail::{Sampled, every_sample};
use crate::view::{Choice, Field, Frame, Here, Said, Tone};

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    state: String,
    /// A whole mail address.
    #[serde(default)]
    to: String,
    after: Option<String>,
}

/// `/admin/mails`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let (state, to) = (which.state.as_str(), which.to.trim());
    let part = shop.engine().mails(Some(state), to, which.after.as_deref(), None).await?;
    let frame = around.frame(&shop, "Mail", Here::StaffMails);
    let address = |state: &str, after: &str| {
        let asked = [("to", to), ("state", state), ("after", after)];
        let asked = asked.into_iter().filter(|(_, value)| !value.is_empty());
        paths::with_query(paths::STAFF_MAILS, asked)
    };
    let states =
        [("", "All")].into_iter().chain(STATES.map(|(word, _, label)| (word.word(), label)));
    let states = states.map(|(word, label)| Choice {
        chosen: word == state,
        ..Choice::of(address(word, ""), label)
    });
    page::show(&List {
        to: Field::of(to),
        state: state.to_owned(),
        rows: part.items.iter().map(|mail| row(mail, &frame)).collect(),
        states: states.collect(),
        next: part.next.as_deref().map(|next| address(state, next)),
        frame,
    })
}

/// How each state is called and taken.
const STATES: [(MailState, Tone, &str); 4] = [
    (MailState::Waiting, Tone::Plain, "Waiting"),
    (MailState::Queued, Tone::Sea, "On its way"),
    (MailState::Sent, Tone::Good, "Sent"),
    (MailState::Refused, Tone::Bad, "Came back"),
];

pub(super) fn state_badge(state: MailState) -> Badge {
    let told = STATES.iter().find(|(known, ..)| *known == state);
    told.map_or_else(|| Badge::of(Tone::Plain, ""), |(_, tone, label)| Badge::of(*tone, *label))
}

fn row(mail: &Mail, frame: &Frame) -> Row {
    Row {
        id: mail.id.to_string(),
        what: kind_words(&mail.kind),
        to: mail.email.clone(),
        order: mail.order.as_ref().map(ToString::to_string),
        state: state_badge(mail.state),
        tries: mail.tries,
        error: mail.error.clone(),
        decided: frame.time(mail.created_at),
        sent: mail.sent_at.map(|at| frame.time(at)),
    }
}

/// `/admin/mails/{id}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    At(id): At<MailId>,
) -> Result<Response, Problem> {
    let view = shop.engine().mail(id).await?;
    let words = worded(&shop, &view)?;
    let frame = around.frame(&shop, words.subject.clone(), Here::StaffMails);
    let has_ended = matches!(view.mail.state, MailState::Sent | MailState::Refused);
    let row = row(&view.mail, &frame);
    let (subject, text) = (words.subject, words.text);
    let mut answer = page::show(&Show { frame, row, subject, text, has_ended })?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, FRAMING_OURS);
    Ok(answer)
}

/// As it left; before that, as it would leave now.
fn worded(shop: &Shop, view: &MailView) -> Result<Worded, Problem> {
    match &view.mail.words {
        Some(words) => Ok(words.clone()),
        None => shop.in_words(&view.told),
    }
}

/// `/admin/mails/{id}/html`
pub(crate) async fn html(
    State(shop): State<Shop>,
    At(id): At<MailId>,
) -> Result<Response, Problem> {
    let view = shop.engine().mail(id).await?;
    Ok(framed(worded(&shop, &view)?.html))
}

/// A mail in a frame of ours: style of its own, as mail programs want it, and nothing else.
fn framed(html: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::X_FRAME_OPTIONS, FRAMED_BY_US),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    (headers, Html(html)).into_response()
}

/// `/admin/mails/{id}/again`
pub(crate) async fn again(
    State(shop): State<Shop>,
    me: Me,
    At(id): At<MailId>,
) -> Result<Response, Problem> {
    shop.engine().send_mail_again(id, me.actor()).await?;
    Ok(page::on_to_say(&paths::staff_mail(id), Said::SentAgain))
}

/// `/admin/mails/templates`
pub(crate) async fn gallery(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    let (mut pictures, brand) = (Vec::new(), shop.engine().brand_now().await?);
    let own = shop.engine().own_texts().await?;
    for sample in every_sample() {
        let (name, what) = (sample.address(), sample.what.to_owned());
        let language = sample.told.language.clone().unwrap_or_default();
        let text = sample.text_of(&own);
        let told = Told { brand: brand.clone(), text, ..sample.told };
        let subject = shop.in_words(&told)?.subject;
        pictures.push(Picture { name, language, what, subject });
    }
    let frame = around.frame(&shop, "Mail templates", Here::StaffMails);
    let mut answer = page::show(&Gallery { frame, pictures })?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, FRAMING_OURS);
    Ok(answer)
}

/// `/admin/mails/templates/{id}`
pub(crate) async fn picture(
    State(shop): State<Shop>,
    At(sample): At<Sampled>,
) -> Result<Response, Problem> {
    let text = sample.text_of(&shop.engine().own_texts().await?);
    let told = Told { brand: shop.engine().brand_now().await?, text, ..sample.told };
    Ok(framed(shop.in_words(&told)?.html))
}
