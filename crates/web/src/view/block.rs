//! A promise of addresses, drawn and in words: the fixed parts stand out, the open ones step back.

use domain::block::{Cidr, Promise};

use crate::language::Language;

/// What a customer reads of a promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    pub parts: Vec<Part>,
    told: Told,
}

/// What is promised, to be put into words.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Told {
    Exactly(String),
    Starts(String),
    Between(String, String),
    Form(String),
    In(Vec<String>),
    Nothing,
}

/// One octet of the drawing, or a whole range that staff wrote down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub text: String,
    /// It may be any, or any of several.
    pub open: bool,
}

impl Block {
    pub fn of(promise: &Promise) -> Block {
        match promise {
            Promise::Name(block) => Block::of_octets(&block.to_string()),
            Promise::Cidrs(cidrs) => {
                let ranges: Vec<String> = cidrs.iter().map(ToString::to_string).collect();
                let part = |text: &String| Part { text: text.clone(), open: false };
                Block { parts: ranges.iter().map(part).collect(), told: Told::In(ranges) }
            }
            Promise::Nothing(_) | Promise::Any => Block { parts: vec![], told: Told::Nothing },
        }
    }

    /// The promise of an order, as the engine's views tell it in words.
    pub fn of_words(words: &str) -> Block {
        let octets = words.split('.').count() == 4 && !words.contains(['/', ',']);
        if octets {
            return Block::of_octets(words);
        }
        let cidrs: Vec<Cidr> =
            words.split(", ").filter_map(|range| Cidr::parse(range).ok()).collect();
        Block::of(&Promise::of("", &cidrs))
    }

    /// Reads the four parts as `domain` writes them: `103`, `180–189` or `x`.
    fn of_octets(text: &str) -> Block {
        let parts: Vec<Part> = text
            .split('.')
            .map(|text| Part { text: text.to_owned(), open: text == "x" || text.contains('–') })
            .collect();
        let fixed = parts.iter().take_while(|part| !part.open).count();
        let rest_is_any = parts.iter().skip(fixed).all(|part| part.text == "x");
        let range = parts.get(fixed).and_then(|part| part.text.split_once('–'));
        let after_is_any = parts.iter().skip(fixed + 1).all(|part| part.text == "x");
        let head: Vec<&str> = parts.iter().take(fixed).map(|part| part.text.as_str()).collect();
        let told = match range {
            _ if fixed == parts.len() => Told::Exactly(text.to_owned()),
            _ if rest_is_any => Told::Starts(head.join(".")),
            Some((low, high)) if after_is_any => {
                let end = |octet: &str, rest: &str| {
                    let tail = std::iter::repeat_n(rest, parts.len() - fixed - 1);
                    head.iter().copied().chain([octet]).chain(tail).collect::<Vec<_>>().join(".")
                };
                Told::Between(end(low, "0"), end(high, "255"))
            }
            _ => Told::Form(text.to_owned()),
        };
        Block { parts, told }
    }

    /// The promise as a sentence without its full stop.
    pub fn words(&self, language: &Language) -> String {
        match &self.told {
            Told::Exactly(address) => language.say_with("block-exactly", "address", &**address),
            Told::Starts(head) => language.say_with("block-starts", "head", &**head),
            Told::Between(low, high) => {
                let ends = [("low", (&**low).into()), ("high", (&**high).into())];
                language.say_all("block-between", ends)
            }
            Told::Form(form) => language.say_with("block-form", "form", &**form),
            Told::In(ranges) => {
                let (last, others) = ranges.split_last().map_or(("", &[][..]), |(l, o)| (l, o));
                match others {
                    [] => language.say_with("block-in", "range", last),
                    _ => language.say_all(
                        "block-in-several",
                        [("ranges", others.join(", ").into()), ("last", last.into())],
                    ),
                }
            }
            Told::Nothing => language.say("block-nothing"),
        }
    }

    /// The drawing as one text.
    pub fn text(&self) -> String {
        let octets = self.parts.len() == 4 && self.parts.iter().all(|p| !p.text.contains('/'));
        let texts: Vec<&str> = self.parts.iter().map(|part| part.text.as_str()).collect();
        texts.join(if octets { "." } else { ", " })
    }

    /// What stands between two parts of the drawing.
    pub fn is_octets(&self) -> bool {
        self.parts.len() == 4 && self.parts.iter().all(|part| !part.text.contains('/'))
    }

    pub fn sample(name: &str) -> Block {
        Block::of(&Promise::of(name, &[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_told_in_words_that_need_no_explanation() {
        for (name, words) in [
            ("103.181.91", "Your address starts with 103.181.91"),
            ("103.195", "Your address starts with 103.195"),
            ("103.195.160.2", "Your address is exactly 103.195.160.2"),
            ("103.109.18x", "Your address lies between 103.109.180.0 and 103.109.189.255"),
        ] {
            assert_eq!(Block::sample(name).words(&Language::default()), words, "{name}");
        }
    }

    #[test]
    fn open_octets_step_back() {
        let block = Block::sample("103.109.18x");
        let open: Vec<bool> = block.parts.iter().map(|part| part.open).collect();
        assert_eq!(open, [false, false, true, true]);
        assert_eq!(block.text(), "103.109.180–189.x");
    }

    #[test]
    fn a_promise_in_words_reads_back() {
        let cidrs = ["103.73.222.0/24", "103.73.224.0/23"].map(|c| Cidr::parse(c).unwrap());
        for promise in [
            Promise::of("103.109.18x", &[]),
            Promise::of("103.195.160.2", &[]),
            Promise::of("", &cidrs),
            Promise::of("Premium VPS", &[]),
        ] {
            assert_eq!(Block::of_words(&promise.to_string()), Block::of(&promise));
        }
    }

    #[test]
    fn ranges_of_staff_are_listed() {
        let cidrs = ["103.73.222.0/24", "103.73.224.0/23"].map(|c| Cidr::parse(c).unwrap());
        let block = Block::of(&Promise::of("Premium VPS", &cidrs));
        let words = block.words(&Language::default());
        assert_eq!(words, "Your address lies in 103.73.222.0/24 or 103.73.224.0/23");
        assert_eq!(block.text(), "103.73.222.0/24, 103.73.224.0/23");
    }
}
