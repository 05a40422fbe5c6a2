//! The cart: what somebody means to order, what it would cost them now, and what stands in the way.

use askama::Template;
use domain::cart::QUANTITY_MAX;
use domain::money::Money;
use domain::quote::Quote;
use engine::cart::{self, Trouble};

use super::bill::{Bill, BillRow};
use super::block::Block;
use super::order::way;
use super::{Choice, Field, Frame, Here, Said, Sample};

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
    pub what_to_do: &'static str,
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
    pub fn of(line: &cart::Line, choose: String) -> Line {
        let (product, choice) = (&line.shown.product, &line.choice);
        let os = choice.os.map_or("any system", |os| os.label());
        let what =
            format!("{} GB memory, {os}, {} days", choice.ram.as_gb(), line.shown.package.days);
        let code = choice.coupon.clone().unwrap_or_default();
        let (code, trouble) = match &line.trouble {
            Some(trouble @ Trouble::Code(_)) => {
                (Field::wrong(code, crate::page::sentence(&trouble.to_string()) + "."), None)
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
            match quote.discount.is_zero() {
                true => format!("{price} each"),
                false => format!("{price} each, less {}", quote.discount.for_people()),
            }
        });
        Line {
            id: line.id.to_string(),
            name: product.name.clone(),
            block: Block::of(&product.promise(&line.shown.package)),
            what,
            quantity: Line::quantities(line.quantity),
            price,
            each,
            code,
            stuck: trouble.map(|trouble| Stuck::of(trouble, choose)),
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

impl Stuck {
    fn of(trouble: &Trouble, choose: String) -> Stuck {
        let what = crate::page::sentence(&trouble.to_string());
        let (what_to_do, take, choose) = match trouble {
            Trouble::Unpublished => ("Remove it, and look for another in the shop.", None, None),
            Trouble::NoSuchSize => {
                ("Choose another size, and remove this line.", None, Some(choose))
            }
            Trouble::Unavailable => {
                ("Try again in a few minutes, or remove it to order the rest.", None, None)
            }
            Trouble::SoldOut => (
                "It is back as soon as the provider has more. Remove it to order the rest.",
                None,
                None,
            ),
            Trouble::Fewer(left) => ("Take as many as there are, or remove it.", Some(*left), None),
            Trouble::Code(_) => ("Take the code off, or try another.", None, None),
        };
        let is_over = matches!(trouble, Trouble::Unpublished | Trouble::NoSuchSize);
        Stuck { what, what_to_do, take: take.filter(|left| *left > 0), choose, is_over }
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
        let few = Stuck::of(&Trouble::Fewer(1), String::new());
        let gone = Stuck::of(&Trouble::NoSuchSize, "/products/prd_1".into());
        let old = Field::wrong("OLD-1", "The code OLD-1 is not valid any more.");
        vec![
            Line { stuck: Some(few), ..first },
            Line { stuck: Some(gone), price: None, ..second.clone() },
            Line { code: old, ..second },
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
    fn samples() -> Vec<(&'static str, Cart)> {
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
        let states = ["full", "guest", "stuck", "stopped", "empty"];
        states.into_iter().zip([full, guest, stuck, stopped, empty]).collect()
    }
}
