//! The cart: what somebody means to order, what it would cost them now, and what stands in the way.

use askama::Template;
use domain::cart::QUANTITY_MAX;
use domain::money::Money;
use domain::os::Os;
use domain::package::Ram;
use domain::quote::Quote;
use engine::cart::{self, Trouble};

use super::bill::{Bill, BillRow};
use super::block::Block;
use super::order::{way, way_in};
use super::shop::label;
use super::{Choice, Field, Frame, Here, Said, Sample};
use crate::language::Language;

/// `/cart`
#[derive(Clone, Debug, Template)]
#[template(path = "shop/cart.html")]
pub struct Cart {
    pub frame: Frame,
    pub lines: Vec<Line>,
    /// What all of it costs together; none where nothing of it can be had.
    pub bill: Option<Bill>,
    /// The address that it is taxed by, where it is taxed at all.
    pub taxed: bool,
    /// What the wallet could pay of it.
    pub wallet: Option<Choice>,
    /// How one can pay; the first is asked first.
    pub ways: Vec<Choice>,
    /// What came of pressing the button, and what to do.
    pub refused: Option<String>,
    pub is_stopped: bool,
    pub is_orderable: bool,
    /// What was looked at: only that is ordered.
    pub seen: String,
    /// Sent along, so that one checkout comes of two clicks.
    pub key: String,
}

/// One choice, and how many of it.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub name: String,
    pub block: Block,
    /// Memory, system and term, in words.
    pub what: String,
    pub quantity: Vec<Choice>,
    /// What all of the line cost without tax; none where it cannot be had at all.
    pub price: Option<String>,
    /// What one costs, and what its code takes off that, where the price alone does not say so.
    pub each: Option<String>,
    pub code: Field,
    pub stuck: Option<Stuck>,
}

/// Why a line cannot be ordered like this.
#[derive(Clone, Debug)]
pub struct Stuck {
    pub what: String,
    pub what_to_do: String,
    /// So many could be had.
    pub take: Option<i64>,
    /// Where another size of it is chosen.
    pub choose: Option<String>,
    /// Nothing but removing it helps.
    pub is_over: bool,
}

impl Cart {
    /// How many lines stand in the way.
    pub fn stuck(&self) -> usize {
        self.lines.iter().filter(|line| line.is_stuck()).count()
    }
}

impl Line {
    /// `choose` is where another size of the product is chosen.
    pub fn of(line: &cart::Line, choose: String, language: Language) -> Line {
        let (product, choice) = (&line.shown.product, &line.choice);
        let code = choice.coupon.clone().unwrap_or_default();
        let (code, trouble) = match &line.trouble {
            Some(Trouble::Code(why)) => {
                let why = language.refusal("invalid-coupon", why);
                (Field::wrong(code, format!("{why}{}", language.say("full-stop"))), None)
            }
            trouble => (Field::of(code), trouble.as_ref()),
        };
        let each = line.each.as_ref().filter(|_| line.trouble != Some(Trouble::Unpublished));
        let price = each.map(|quote| {
            let one = quote.price.minor + quote.setup.minor - quote.discount.minor;
            Money::new(one * line.quantity, quote.price.currency).for_people()
        });
        let is_more = |quote: &&Quote| line.quantity > 1 || !quote.discount.is_zero();
        let each = each.filter(is_more).map(|quote| {
            let price = quote.price.for_people();
            if quote.discount.is_zero() {
                return language.say_with("cart-each", "price", price);
            }
            let less = quote.discount.for_people();
            language.say_all("cart-each-less", [("price", price.into()), ("less", less.into())])
        });
        Line {
            id: line.id.to_string(),
            name: product.name.clone(),
            block: Block::of(&product.promise(&line.shown.package)),
            what: what((choice.ram, choice.os), line.shown.package.days, language),
            quantity: Line::quantities(line.quantity),
            price,
            each,
            code,
            stuck: trouble.map(|trouble| Stuck::of(trouble, choose, language)),
        }
    }

    fn quantities(chosen: i64) -> Vec<Choice> {
        let all = (1..=QUANTITY_MAX).map(|count| Choice::of(count.to_string(), count.to_string()));
        let chosen = chosen.to_string();
        all.map(|choice| Choice { chosen: choice.value == chosen, ..choice }).collect()
    }

    /// Whether another quantity or code could help.
    pub fn can_change(&self) -> bool {
        self.stuck.as_ref().is_none_or(|stuck| !stuck.is_over)
    }

    pub fn is_stuck(&self) -> bool {
        self.stuck.is_some() || self.code.error.is_some()
    }
}

/// Memory, system and term, in words.
fn what((ram, os): (Ram, Option<Os>), days: i64, language: Language) -> String {
    let os = os.map_or_else(|| language.say("any-system"), |os| os.label().to_owned());
    let term = language.say_with("cart-term", "days", days);
    language.say_all(
        "cart-what",
        [("size", label(ram).into()), ("system", os.into()), ("term", term.into())],
    )
}

impl Stuck {
    fn of(trouble: &Trouble, choose: String, language: Language) -> Stuck {
        let (what, what_to_do) = match trouble {
            Trouble::Unpublished => {
                (language.say("trouble-unpublished"), language.say("trouble-unpublished-do"))
            }
            Trouble::NoSuchSize => (language.say("trouble-size"), language.say("trouble-size-do")),
            Trouble::Unavailable => {
                (language.say("trouble-unavailable"), language.say("trouble-unavailable-do"))
            }
            Trouble::SoldOut => {
                (language.say("trouble-sold-out"), language.say("trouble-sold-out-do"))
            }
            Trouble::Fewer(left) => (
                language.say_with("trouble-fewer", "left", *left),
                language.say("trouble-fewer-do"),
            ),
            Trouble::Code(why) => {
                (language.refusal("invalid-coupon", why), language.say("trouble-code-do"))
            }
        };
        let left = match trouble {
            Trouble::Fewer(left) => *left,
            _ => 0,
        };
        Stuck {
            what,
            what_to_do,
            take: (left > 0).then_some(left),
            choose: (*trouble == Trouble::NoSuchSize).then_some(choose),
            is_over: matches!(trouble, Trouble::Unpublished | Trouble::NoSuchSize),
        }
    }
}

impl Line {
    fn sample(name: &str, what: &str, quantity: i64, price: &str) -> Line {
        Line {
            id: "ctl_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: format!("🌊 {name}"),
            block: Block::sample(name),
            what: what.into(),
            quantity: Line::quantities(quantity),
            price: Some(price.into()),
            each: None,
            code: Field::default(),
            stuck: None,
        }
    }

    fn samples() -> [Line; 2] {
        let what = "8 GB memory, Ubuntu 22, 30 days";
        let first = Line {
            each: Some("₹999 each, less ₹100".into()),
            code: Field::of("DIWALI-10"),
            ..Line::sample("103.181.91", what, 2, "₹1,798")
        };
        let what = "16 GB memory, any system, 30 days";
        [first, Line::sample("103.109.18x", what, 1, "₹1,499")]
    }

    /// Each kind of trouble once.
    fn stuck_samples() -> Vec<Line> {
        let [first, second] = Line::samples();
        let language = Language::default();
        let few = Stuck::of(&Trouble::Fewer(1), String::new(), language);
        let gone = Stuck::of(&Trouble::NoSuchSize, "/products/prd_1".into(), language);
        let old = Field::wrong("OLD-1", "The code OLD-1 is not valid any more.");
        vec![
            Line { stuck: Some(few), ..first },
            Line { stuck: Some(gone), price: None, ..second.clone() },
            Line { code: old, ..second },
        ]
    }
}

impl Line {
    fn hindi_samples(language: Language) -> Vec<Line> {
        let [first, second] = Line::samples();
        let what = what((Ram::gb(8), None), 30, language);
        let few = Stuck::of(&Trouble::Fewer(3), String::new(), language);
        let gone = Stuck::of(&Trouble::SoldOut, String::new(), language);
        let wrong = Field::wrong("OLD", language.refusal("invalid-coupon", ""));
        vec![
            Line { what: what.clone(), each: None, stuck: Some(few), ..first },
            Line { what: what.clone(), stuck: Some(gone), ..second.clone() },
            Line { what, code: wrong, ..second },
        ]
    }
}

impl Cart {
    fn sample_bill() -> Bill {
        let row =
            |label: &str, amount: &str| BillRow { label: label.into(), amount: amount.into() };
        let rows = vec![
            row("3 servers", "₹3,497"),
            row("Codes", "-₹200"),
            row("CGST 9 %", "₹296.73"),
            row("SGST 9 %", "₹296.73"),
        ];
        Bill { rows, total: "₹3,890.46".into() }
    }
}

impl Sample for Cart {
    fn samples(_: Language) -> Vec<(&'static str, Cart)> {
        let frame = Frame { in_cart: 3, ..Frame::sample("Your cart", Here::Cart) };
        let full = Cart {
            frame: frame.clone(),
            lines: Line::samples().into(),
            bill: Some(Cart::sample_bill()),
            taxed: true,
            wallet: Some(Choice::of("50000", "₹500")),
            ways: vec![Choice::of("upi", way("upi")), Choice::of("stripe", way("stripe"))],
            refused: None,
            is_stopped: false,
            is_orderable: true,
            seen: "9f2c".into(),
            key: "5f2a9c".into(),
        };
        let guest = Cart { frame: frame.clone().for_nobody(), wallet: None, ..full.clone() };
        let stuck = Cart {
            lines: Line::stuck_samples(),
            refused: Some("2 of 🌊 103.181.91 wanted, 1 left".into()),
            is_orderable: false,
            ..full.clone()
        };
        let stopped = Cart { is_stopped: true, is_orderable: false, ..full.clone() };
        let said = Some(Said::OutOfCart);
        let empty = Cart {
            frame: Frame { in_cart: 0, said, ..frame },
            lines: vec![],
            bill: None,
            is_orderable: false,
            ..full.clone()
        };
        let language = Language::of("hi").unwrap_or_default();
        let hindi = Cart {
            frame: full.frame.clone().sample_in("hi"),
            lines: Line::hindi_samples(language),
            bill: Some(Bill { rows: vec![], ..Cart::sample_bill() }),
            is_orderable: false,
            ways: ["upi", "stripe"].map(|name| Choice::of(name, way_in(name, language))).into(),
            ..full.clone()
        };
        let states = ["full", "guest", "hindi", "stuck", "stopped", "empty"];
        states.into_iter().zip([full, guest, hindi, stuck, stopped, empty]).collect()
    }
}
