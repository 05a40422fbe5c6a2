//! A mail as bytes: plain text for whoever likes it plain, HTML for the others.

use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::Letter;

/// The same letter makes the same bytes, so that a second copy is known as one.
pub(super) fn assembled(
    letter: &Letter,
    from: &Mailbox,
    return_path: &Address,
) -> Result<Message, String> {
    let wrong = |error: &dyn std::error::Error| format!("{}: {error}", letter.email);
    let address: Address = letter.email.parse().map_err(|error| wrong(&error))?;
    let envelope = Envelope::new(Some(return_path.clone()), vec![address.clone()]);
    let envelope = envelope.map_err(|error| wrong(&error))?;
    let name = Some(letter.name.clone()).filter(|name| !name.is_empty());
    let micros = u64::try_from(letter.at.as_micros()).unwrap_or(0);
    let both = MultiPart::alternative()
        .boundary(format!("=_{}", letter.message_id.split('@').next().unwrap_or_default()))
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(SinglePart::html(letter.html.clone()));
    let nobody_typed_it = HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    );
    let answers = letter.reply_to.as_deref().map(str::parse::<Mailbox>).transpose();
    let message = match answers.map_err(|error| wrong(&error))? {
        Some(answers) => Message::builder().reply_to(answers),
        None => Message::builder(),
    };
    message
        .envelope(envelope)
        .from(from.clone())
        .to(Mailbox::new(name, address))
        .subject(letter.subject.clone())
        .message_id(Some(format!("<{}>", letter.message_id)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
        .raw_header(nobody_typed_it)
        .multipart(both)
        .map_err(|error| wrong(&error))
}
