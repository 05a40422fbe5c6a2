//! Every mail of the samples: whole, small, with one button, and nothing in it that mail programs
//! or strangers should not have.

use engine::mail::Words as _;
use engine::mail::told::About;

use super::*;

/// Some mail programs cut off what is longer than a hundred kilobytes.
const MAIL_MAX: usize = 20 * 1024;

fn all() -> Vec<(Sampled, Worded)> {
    let words = Words { zone: Zone::default(), app_url: "https://shop.example.com".into() };
    let worded = |sample: Sampled| {
        let worded = words.word(&sample.told).expect("a mail that has words");
        (sample, worded)
    };
    samples().into_iter().map(worded).collect()
}

#[test]
fn every_mail_says_in_plain_text_what_is_here() {
    let told: Vec<String> = all()
        .into_iter()
        .map(|(sample, mail)| format!("== {}: {}\n\n{}", sample.name, mail.subject, mail.text))
        .collect();
    insta::assert_snapshot!("mails", told.join("\n"));
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
