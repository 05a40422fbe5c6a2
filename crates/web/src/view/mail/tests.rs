//! Every mail of the samples: whole, small, with one button, and nothing in it that mail programs
//! or strangers should not have.

use engine::mail::Words as _;
use engine::mail::told::About;

use super::*;

/// Some mail programs cut off what is longer than a hundred kilobytes.
const MAIL_MAX: usize = 20 * 1024;

/// Every sample in every language that it speaks.
fn all() -> Vec<(Sampled, Worded)> {
    let others = Language::all().filter(|language| !language.is_first());
    let others = others.flat_map(|language| worded_in(Some(language)));
    worded_in(None).into_iter().chain(others).collect()
}

fn worded_in(language: Option<Language>) -> Vec<(Sampled, Worded)> {
    let words = Words { zone: Zone::default(), app_url: "https://shop.example.com".into() };
    let worded = |sample: Sampled| {
        let worded = words.word(&sample.told).expect("a mail that has words");
        (sample, worded)
    };
    let spoken = |sample: Sampled| match language {
        Some(language) => sample.in_language(language),
        None => Some(sample),
    };
    samples().into_iter().filter_map(spoken).map(worded).collect()
}

#[test]
fn every_mail_says_in_plain_text_what_is_here() {
    insta::assert_snapshot!("mails", told(worded_in(None)));
    insta::assert_snapshot!("mails-in-hindi", told(worded_in(Language::of("hi"))));
}

fn told(mails: Vec<(Sampled, Worded)>) -> String {
    let told = mails
        .into_iter()
        .map(|(sample, mail)| format!("== {}: {}\n\n{}", sample.name, mail.subject, mail.text));
    told.collect::<Vec<String>>().join("\n")
}

#[test]
fn a_mail_in_hindi_says_no_label_or_button_in_english() {
    let english = Language::default();
    for (sample, mail) in worded_in(Language::of("hi")) {
        assert!(mail.html.contains("<html lang=\"hi\">"), "{}", sample.name);
        let first = [
            "mail-see-order",
            "mail-open-server",
            "mail-see-account",
            "mail-see-wallet",
            "mail-safe",
            "mail-not-you",
            "mail-no-secret",
            "word-memory",
            "word-system",
        ];
        for words in first.map(|key| english.say(key)) {
            assert!(!mail.text.contains(&words), "{}: {words:?} in {}", sample.name, mail.text);
        }
    }
}

#[test]
fn every_mail_has_one_button_and_its_text_leads_to_the_same_place() {
    for (sample, mail) in all() {
        assert_eq!(mail.html.matches("<a ").count(), 1, "{}", sample.name);
        let (_, rest) = mail.html.split_once("<a href=\"").unwrap();
        let link = rest.split('"').next().unwrap();
        assert!(link.starts_with("https://shop.example.com/"), "{}: {link}", sample.name);
        assert!(mail.text.contains(link), "{}: {link}", sample.name);
    }
}

#[test]
fn no_mail_fetches_anything_or_does_anything() {
    for (sample, mail) in all() {
        for never in ["<script", "<img", "<link", "url(", "@import", "<form", " onload", "src="] {
            assert!(!mail.html.contains(never), "{} has {never}", sample.name);
        }
        assert!(mail.html.len() < MAIL_MAX, "{} has {} bytes", sample.name, mail.html.len());
        assert!(!mail.subject.is_empty() && !mail.subject.contains('\n'), "{}", sample.name);
        assert!(!mail.text.contains('<'), "{}", mail.text);
    }
}

#[test]
fn a_wrong_address_is_in_no_mail_of_a_customer() {
    for (sample, mail) in all() {
        let is_staffs = !matches!(sample.told.about, About::Order(..));
        let named = mail.text.contains("103.182.44.18") || mail.html.contains("103.182.44.18");
        assert_eq!(named, is_staffs && sample.name == "alerts", "{}", sample.name);
    }
}

#[test]
fn what_people_typed_stays_text() {
    let mut sample = samples().remove(0);
    sample.told.name = "<b>Ada</b>".into();
    let words = Words { zone: Zone::default(), app_url: "https://shop.example.com".into() };
    let mail = words.word(&sample.told).unwrap();
    assert!(!mail.html.contains("<b>Ada") && mail.html.contains("&#60;b&#62;Ada"), "{}", mail.html);
    assert!(mail.text.contains("Hello <b>Ada</b>,"));
}
