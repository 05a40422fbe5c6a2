//! Mails in the words of staff: which placeholders a kind of mail knows, what stands in their
//! places, and whether a text has all that it needs. The text that came with the program is read
//! off the mail itself, so there is no second copy of it.

use engine::mail::text::TextWords;
use engine::mail::told::{About, Told};

use super::{Sampled, Sheet, Spoken, Words};
use crate::language::Language;

/// What came with the program for one kind of mail in one language, as a text with placeholders.
#[derive(Clone, Debug)]
pub struct Shipped {
    pub words: TextWords,
    /// What may stand in a text, each with what the sample has there.
    pub known: Vec<(&'static str, String)>,
    /// What a text cannot do without.
    pub needed: Vec<&'static str>,
}

/// Why a text cannot be taken, with what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    Unknown(String),
    Lacking(&'static str),
    Open,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::Unknown(name) => {
                write!(f, "{{{name}}} stands for nothing here: take it out, or use one of the list")
            }
            Wrong::Lacking(name) => write!(
                f,
                "heading or text must say {{{name}}}: without it the mail does not tell what it is \
                 written for"
            ),
            Wrong::Open => f.write_str(
                "a brace belongs to a placeholder: write it like {number}, or leave it out",
            ),
        }
    }
}

/// What came with the program, for a sample in its language; nothing where staff cannot change it.
pub fn shipped(words: &Words, sample: &Sampled) -> Option<Shipped> {
    sample.told.about.text_kind()?;
    let told = Told { text: None, ..sample.told.clone() };
    let spoken = words.spoken(&told);
    let known = spoken.values(&told);
    let sheet = spoken.plain(&told);
    let paragraphs = spoken.own_paragraphs(&sheet, &told);
    let words = TextWords {
        subject: unfilled(&sheet.subject, &known),
        heading: unfilled(&sheet.heading, &known),
        body: unfilled(&paragraphs.join("\n\n"), &known),
    };
    let says = |name: &str| {
        let mark = format!("{{{name}}}");
        words.heading.contains(&mark) || words.body.contains(&mark)
    };
    let needed = known.iter().map(|(name, _)| *name).filter(|name| says(name)).collect();
    Some(Shipped { words, known, needed })
}

impl Shipped {
    /// Whether a text can be taken in its place.
    pub fn check(&self, words: &TextWords) -> Result<(), Wrong> {
        for text in [&words.subject, &words.heading, &words.body] {
            filled(text, &self.known)?;
        }
        let said = format!("{}\n{}", words.heading, words.body);
        let lacks = |name: &&&'static str| !said.contains(&format!("{{{name}}}"));
        self.needed.iter().find(lacks).map_or(Ok(()), |name| Err(Wrong::Lacking(name)))
    }
}

impl Words {
    pub(super) fn spoken(&self, told: &Told) -> Spoken<'_> {
        let language = told.language.as_deref().and_then(Language::of).unwrap_or_default();
        Spoken { words: self, language }
    }
}

impl Spoken<'_> {
    /// As it came with the program.
    pub(super) fn plain(&self, told: &Told) -> Sheet {
        match &told.about {
            About::Order(news, order) => self.of_order(*news, order),
            About::Account(news, account) => self.of_account(*news, account),
            About::LowStock(low) => self.words.low_stock(low),
            About::Day(day) => self.words.day(day),
            About::Alerts(troubles) => self.words.alerts(troubles),
            About::Test => self.words.test(),
        }
    }

    /// Puts the words of staff in the places of ours. A mail that lacks something that they name
    /// keeps ours: half a sentence is worse than another one.
    pub(super) fn say_it_so(&self, sheet: &mut Sheet, words: &TextWords, told: &Told) {
        let values = self.values(told);
        let fill = |text: &str| filled(text, &values);
        match (fill(&words.subject), fill(&words.heading), fill(&words.body)) {
            (Ok(subject), Ok(heading), Ok(body)) => {
                let after = sheet.paragraphs.split_off(self.own_paragraphs(sheet, told).len());
                sheet.subject = subject;
                sheet.heading = heading;
                sheet.paragraphs = body.split("\n\n").map(str::to_owned).collect();
                sheet.paragraphs.extend(after);
            }
            (subject, heading, body) => {
                let why = [subject.err(), heading.err(), body.err()].into_iter().flatten().next();
                let why = why.map(|why| why.to_string()).unwrap_or_default();
                tracing::warn!("a mail keeps the words of the program: {why}");
            }
        }
    }

    /// Its paragraphs without the one of a code, which comes with whatever is said.
    fn own_paragraphs<'s>(&self, sheet: &'s Sheet, told: &Told) -> &'s [String] {
        let gift = match &told.about {
            About::Order(_, order) => order.deed.as_ref().and_then(|deed| deed.gift.as_ref()),
            _ => None,
        };
        match (gift, sheet.paragraphs.split_last()) {
            (Some(gift), Some((last, before))) if *last == self.gift(gift) => before,
            _ => &sheet.paragraphs,
        }
    }

    /// What stands for the placeholders, those first that say most.
    fn values(&self, told: &Told) -> Vec<(&'static str, String)> {
        let mut values: Vec<(&'static str, Option<String>)> = Vec::new();
        match &told.about {
            About::Order(_, order) => {
                let kind = told.about.text_kind().unwrap_or_default();
                let is_back = matches!(kind, "money-back" | "credited");
                let back = order.amount.or(is_back.then_some(order.total));
                let until = match kind {
                    "ordered" => Some(order.reserved_until),
                    _ => order.sold_until,
                };
                let days = order.deed.as_ref().and_then(|deed| deed.days);
                values.extend([
                    ("number", Some(order.number.clone())),
                    ("product", Some(order.product.clone())),
                    ("package", Some(order.pid.clone())),
                    ("memory", Some(format!("{} GB", order.ram_gb))),
                    ("amount", back.map(|amount| amount.for_people())),
                    ("price", Some(order.total.for_people())),
                    ("until", until.map(|until| self.time(until))),
                    ("address", order.address.map(|address| address.to_string())),
                    ("days", days.map(|days| days.to_string())),
                ]);
            }
            About::Account(_, account) => values.extend([
                ("until", account.until.map(|until| self.time(until))),
                ("amount", account.amount.map(|amount| amount.for_people())),
            ]),
            _ => {}
        }
        values.push(("shop", Some(told.brand.name().to_owned())));
        values.push(("host", Some(self.words.host().to_owned())));
        values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// A text with values in the places of its placeholders.
fn filled(text: &str, values: &[(&'static str, String)]) -> Result<String, Wrong> {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        said.push_str(before);
        let inside = from.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, after) = inside.ok_or(Wrong::Open)?;
        let name = name.trim();
        if name.is_empty() || name.contains('{') {
            return Err(Wrong::Open);
        }
        let value = values.iter().find(|(known, _)| *known == name);
        let (_, value) = value.ok_or_else(|| Wrong::Unknown(name.to_owned()))?;
        said.push_str(value);
        rest = after;
    }
    said.push_str(rest);
    Ok(said)
}

/// The other way: a text with placeholders where values stand, each a whole word or several.
fn unfilled(text: &str, values: &[(&'static str, String)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
        let mut said = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(value.as_str()) {
            let (before, from) = rest.split_at(at);
            let after = &from[value.len()..];
            let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            let is_whole = !joins(before.chars().next_back().or(said.chars().next_back()))
                && !joins(after.chars().next());
            said.push_str(before);
            match is_whole {
                true => said.push_str(&format!("{{{name}}}")),
                false => said.push_str(value),
            }
            rest = after;
        }
        said.push_str(rest);
        text = said;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::money::{Currency, Money};

    use super::*;
    use crate::view::mail::every_sample;
    use crate::view::when::Zone;

    fn words() -> Words {
        Words { zone: Zone::default(), app_url: "https://shop.example.com".into() }
    }

    /// The same news of another order, of another account.
    fn of_others(told: &Told) -> Told {
        let mut told = told.clone();
        let hour = Duration::from_secs(3_600);
        let money = |money: Money| Money::new(money.minor + 12_300, Currency::INR);
        match &mut told.about {
            About::Order(_, order) => {
                order.number = "ORD-AAAABBBBCC".into();
                order.product = "🌊 9.8.7".into();
                order.pid = "77".into();
                order.ram_gb = 16;
                order.total = money(order.total);
                order.amount = order.amount.map(money);
                order.reserved_until = order.reserved_until + hour;
                order.sold_until = order.sold_until.map(|until| until + hour);
                order.address = order.address.map(|_| "9.8.7.6".parse().unwrap());
                if let Some(deed) = &mut order.deed {
                    deed.days = deed.days.map(|days| days + 4);
                }
            }
            About::Account(_, account) => {
                account.until = account.until.map(|until| until + hour);
                account.amount = account.amount.map(money);
            }
            _ => {}
        }
        told
    }

    #[test]
    fn every_mail_to_customers_but_an_apology_has_a_text_of_its_own_name() {
        for sample in every_sample() {
            let is_theirs = matches!(sample.told.about, About::Order(..) | About::Account(..));
            let expected = (is_theirs && sample.name != "apology").then_some(sample.name);
            assert_eq!(sample.told.about.text_kind(), expected, "{}", sample.name);
        }
    }

    #[test]
    fn the_shipped_text_says_of_any_order_what_the_program_says() {
        let words = words();
        let mut texts = 0;
        for sample in every_sample() {
            let Some(shipped) = shipped(&words, &sample) else { continue };
            shipped.check(&shipped.words).expect(sample.name);
            let plain = of_others(&sample.told);
            let own = Told { text: Some(shipped.words), ..plain.clone() };
            let (ours, theirs) = (words.sheet(&plain), words.sheet(&own));
            assert_eq!(theirs.subject, ours.subject, "{}", sample.address());
            assert_eq!(theirs.heading, ours.heading, "{}", sample.address());
            let said = |sheet: &Sheet| sheet.paragraphs.join("\n\n");
            assert_eq!(said(&theirs), said(&ours), "{}", sample.address());
            texts += 1;
        }
        assert!(texts > 50, "{texts}");
    }

    #[test]
    fn a_text_that_lacks_or_invents_something_is_refused_with_what_to_do() {
        let sample = Sampled::named("ordered").unwrap();
        let shipped = shipped(&words(), &sample).unwrap();
        assert_eq!(shipped.needed, ["product", "package", "until"]);
        let with = |body: &str| TextWords { body: body.to_owned(), ..shipped.words.clone() };
        let all = "{product}, {package}, {until}";
        assert_eq!(shipped.check(&with(all)), Ok(()));
        assert_eq!(shipped.check(&with("{product}, {package}")), Err(Wrong::Lacking("until")));
        let unknown = format!("{all} {password}", password = "{password}");
        assert_eq!(shipped.check(&with(&unknown)), Err(Wrong::Unknown("password".into())));
        for open in ["{until", "until}", "{}", "{un{til}}"] {
            let text = format!("{all} {open}");
            assert_eq!(shipped.check(&with(&text)), Err(Wrong::Open), "{open}");
        }
    }

    #[test]
    fn a_code_stays_with_whatever_is_said() {
        let sample = Sampled::named("remedy-discount").unwrap();
        let text =
            TextWords { subject: "S".into(), heading: "H".into(), body: "One\n\nTwo".into() };
        let sheet = words().sheet(&Told { text: Some(text), ..sample.told });
        assert_eq!(sheet.paragraphs[..2], ["One", "Two"]);
        assert!(sheet.paragraphs[2].contains("THANKS-7KQ2MX4TBN"), "{:?}", sheet.paragraphs);
    }
}
