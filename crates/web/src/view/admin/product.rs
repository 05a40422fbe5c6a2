//! One product as staff see it: what it is bought as, how many there are and were, what speaks
//! against it, its prices with cost and margin, and the forms that change each.

use askama::Template;

use super::chart::Chart;
use crate::language::Language;
use crate::view::account::Badge;
use crate::view::block::Block;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample, Tone};

/// `/admin/ipStock/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/product.html")]
pub struct ProductSheet {
    pub frame: Frame,
    pub id: String,
    /// Where its details are sent, and how many there are.
    pub count_at: String,
    pub version: i64,
    pub name: String,
    pub states: Vec<Badge>,
    /// What customers see, if they see it.
    pub in_shop: Option<String>,
    pub may_change: bool,
    /// What speaks against it as it is.
    pub warnings: Vec<Warning>,
    /// Why it is held, until a person decides.
    pub held: Option<String>,
    /// What somebody found who lets it go.
    pub lift: Field,
    pub facts: Vec<(&'static str, String)>,
    /// Of what is delivered by hand; everything else is bought as a package.
    pub shelf: Option<Shelf>,
    pub read_at: Option<Moment>,
    pub published: bool,
    pub form: Details,
    pub prices: Vec<PriceRow>,
    pub currency: String,
    /// What was wrong with the prices as they were sent.
    pub price_error: Option<String>,
    /// The package that it would be bought as, once somebody has said which.
    pub link: Link,
    pub history: History,
    pub namesakes: Vec<Other>,
    pub changes: Vec<Change>,
    /// Why nothing was changed, where that is no field's fault.
    pub refused: Option<String>,
}

/// What is only said of what staff deliver: who sells it, how many are left, and who waits.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub seller: String,
    pub seller_url: String,
    /// How soon after payment, in words.
    pub due: String,
    /// The provider's, for staff.
    pub note: String,
    pub version: String,
    /// As it is typed; empty where there is no end.
    pub stock: Field,
    /// The most urgent first.
    pub waiting: Vec<Waits>,
    pub in_all: i64,
    /// Where everything is that waits for such a delivery.
    pub all_url: String,
}

/// An order that waits for its delivery.
#[derive(Clone, Debug)]
pub struct Waits {
    pub url: String,
    pub number: String,
    pub due: Moment,
    pub overdue: bool,
    pub owner: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Warning {
    pub tone: Tone,
    pub title: &'static str,
    pub text: String,
}

/// The fields of what it is called and what it promises.
#[derive(Clone, Debug, Default)]
pub struct Details {
    pub display_name: Field,
    /// Whether to ask if what looks like another block is none; and what was said.
    pub asks_confirmation: bool,
    pub confirmed: bool,
    pub cidrs: Field,
    pub tags: Field,
    pub notes: Field,
    pub is_by_hand: bool,
}

impl Details {
    pub fn cidrs_hint(&self) -> &'static str {
        match self.is_by_hand {
            true => "With spaces between, like 203.0.113.0/24. Empty: any address.",
            false => {
                "With spaces between, like 203.0.113.0/24. Empty: what the package's name promises."
            }
        }
    }
}

/// One memory size. The last row is empty, for one more.
#[derive(Clone, Debug, Default)]
pub struct PriceRow {
    /// Empty where it is to be typed.
    pub memory: String,
    pub price: Field,
    pub setup: Field,
    pub cost: Field,
    /// What is left of the price, in money and in per cent.
    pub margin: Option<(String, Badge)>,
}

/// Buying it as another package: asked first, then shown, then done.
#[derive(Clone, Debug, Default)]
pub struct Link {
    pub pid: Field,
    pub preview: Option<Target>,
}

#[derive(Clone, Debug)]
pub struct Target {
    pub pid: String,
    pub package: String,
    pub promise: String,
    pub stock: String,
    /// What it promises now.
    pub before: String,
}

#[derive(Clone, Debug, Default)]
pub struct History {
    pub days: u64,
    pub chart: Option<Chart>,
    pub since: String,
    /// At so many or fewer sale stops; not of what is delivered by hand.
    pub stop_at: Option<i64>,
    /// Days on which something changed, newest first.
    pub rows: Vec<Day>,
}

#[derive(Clone, Debug)]
pub struct Day {
    pub day: String,
    pub lowest: i64,
    pub highest: i64,
    pub at_end: i64,
}

/// Another product with the same name, or of the same package.
#[derive(Clone, Debug)]
pub struct Other {
    pub id: String,
    pub name: String,
    pub package: String,
    /// The provider's own number of it, where it has one.
    pub pid: Option<String>,
    pub shares: &'static str,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub at: Moment,
    pub actor: String,
    pub action: String,
    pub detail: String,
}

impl PriceRow {
    fn sample(memory: &str, [price, cost]: [&str; 2], margin: Option<(&str, Tone, &str)>) -> Self {
        PriceRow {
            memory: memory.into(),
            price: Field::of(price),
            setup: Field::default(),
            cost: Field::of(cost),
            margin: margin.map(|(left, tone, share)| (left.into(), Badge::of(tone, share))),
        }
    }
}

impl History {
    fn sample() -> History {
        let hours = [(40, 60, 48), (200, 48, 30), (380, 30, 12), (500, 60, 60), (610, 60, 25)];
        let hour = |(at, opening, latest): (i64, i64, i64)| engine::catalogue::StockHour {
            hour: domain::clock::Timestamp::from_micros(at * 3_600_000_000),
            opening,
            lowest: opening.min(latest),
            highest: opening.max(latest),
            latest,
        };
        let hours: Vec<_> = hours.into_iter().map(hour).collect();
        let at = domain::clock::Timestamp::from_micros;
        let day =
            |day: &str, lowest, highest, at_end| Day { day: day.into(), lowest, highest, at_end };
        History {
            days: 30,
            chart: Chart::of(&hours, (at(0), at(720 * 3_600_000_000)), 25, 3),
            since: "22 Oct 2026".into(),
            stop_at: Some(3),
            rows: vec![
                day("17 Nov 2026", 25, 60, 25),
                day("12 Nov 2026", 12, 60, 60),
                day("7 Nov 2026", 12, 30, 12),
            ],
        }
    }
}

impl ProductSheet {
    fn sample() -> ProductSheet {
        let frame = Frame::staff_sample("🌊 103.181.91", Here::StaffStock);
        let change = |clock: &str, action: &str, detail: &str| Change {
            at: frame.time(sample_time(clock)),
            actor: "ravi@example.com".into(),
            action: action.into(),
            detail: detail.into(),
        };
        let fact = |label, text: &str| (label, text.to_owned());
        ProductSheet {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            count_at: "/admin/ipStock/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F/details".into(),
            version: 7,
            name: "🌊 103.181.91".into(),
            states: vec![Badge::of(Tone::Good, "on sale")],
            in_shop: Some("/products/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F/103-181-91".into()),
            may_change: true,
            warnings: vec![],
            held: None,
            lift: Field::default(),
            shelf: None,
            facts: vec![
                fact("Package", "103.181.91"),
                fact("PID", "123"),
                fact("Provider", "smartvps, which calls it active"),
                fact("Promises", &Block::sample("103.181.91").text()),
                fact("Free by the newest reading", "25"),
                fact("Purchases that it may not show yet", "1"),
                fact("Promised to customers", "2"),
                fact("For new orders", "22"),
                fact("Sold for", "30 days"),
            ],
            read_at: Some(frame.time(sample_time("14:04:10"))),
            published: true,
            form: Details {
                display_name: Field::of("🌊 103.181.91"),
                tags: Field::of("Mumbai, AMD"),
                notes: Field::of("Renews on the 5th. Ask Bea before raising the price."),
                ..Details::default()
            },
            prices: vec![
                PriceRow::sample("4GB", ["699", "420"], Some(("₹279", Tone::Good, "39 %"))),
                PriceRow::sample("8GB", ["999", ""], None),
                PriceRow::sample("16GB", ["1499", "1600"], Some(("-₹101", Tone::Bad, "-6 %"))),
                PriceRow::default(),
            ],
            currency: "INR".into(),
            price_error: None,
            link: Link::default(),
            history: History::sample(),
            namesakes: vec![],
            changes: vec![
                change("13:40:00", "change-product", "published: false → true"),
                change("11:02:00", "lift-hold", "other_block: renamed on their side only"),
            ],
            refused: None,
            frame,
        }
    }
}

impl Shelf {
    /// More wait than are shown.
    pub fn has_more(&self) -> bool {
        usize::try_from(self.in_all).is_ok_and(|all| all > self.waiting.len())
    }

    fn sample(frame: &Frame) -> Shelf {
        let waits = |number: &str, clock, overdue, owner: Option<&str>| Waits {
            url: "/admin/orders/ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: number.into(),
            due: frame.time(sample_time(clock)),
            overdue,
            owner: owner.map(Into::into),
        };
        Shelf {
            seller: "Frankfurt rack".into(),
            seller_url: "/admin/byHand#hand-frankfurt-rack".into(),
            due: "4 hours".into(),
            note: "Ask Bea; the contract is in the blue folder.".into(),
            version: "7".into(),
            stock: Field::of("12"),
            waiting: vec![
                waits("ORD-7KQ2MX4TBN", "13:30:00", true, None),
                waits("ORD-9PW4RZ6VDQ", "17:10:00", false, Some("ravi@example.com")),
            ],
            in_all: 21,
            all_url: "/admin/attention?why=by-hand".into(),
        }
    }
}

impl ProductSheet {
    /// The same product where staff deliver it.
    fn by_hand(self) -> ProductSheet {
        let fact = |label, text: &str| (label, text.to_owned());
        ProductSheet {
            name: "G.8GB".into(),
            states: vec![Badge::of(Tone::Good, "on sale"), Badge::of(Tone::Sea, "by hand")],
            facts: vec![
                fact("Plan", "G.8GB"),
                fact("Promises", "203.0.113.0/24"),
                fact("In stock", "12"),
                fact("Promised to customers", "2"),
                fact("Left for new orders", "10"),
                fact("Sold for", "30 days"),
            ],
            read_at: None,
            shelf: Some(Shelf::sample(&self.frame)),
            form: Details { is_by_hand: true, ..self.form.clone() },
            ..self
        }
    }

    /// The same product while it is held.
    fn held(self) -> ProductSheet {
        ProductSheet {
            states: vec![Badge::of(Tone::Bad, "held")],
            held: Some("the provider lists its PID under two names".into()),
            lift: Field::wrong(" ", "Say why: the reason is missing."),
            warnings: vec![Warning {
                tone: Tone::Bad,
                title: "The name says another block",
                text: "It names 103.82, but its package is 103.181.91.".into(),
            }],
            form: Details {
                display_name: Field::of("🌊 103.82 Mumbai"),
                asks_confirmation: true,
                ..self.form
            },
            namesakes: vec![Other {
                id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E2G".into(),
                name: "🌊 103.181.91".into(),
                package: "103.181.91 (new)".into(),
                pid: Some("124".into()),
                shares: "the name",
            }],
            ..self
        }
    }
}

impl Sample for ProductSheet {
    fn samples(_: Language) -> Vec<(&'static str, ProductSheet)> {
        let whole = ProductSheet::sample();
        let held = whole.clone().held();
        let wrong = ProductSheet {
            refused: Some("The product was changed by somebody else meanwhile; look again.".into()),
            form: Details {
                cidrs: Field::wrong("103.181.91", "Write ranges like 103.181.91.0/24."),
                ..whole.form.clone()
            },
            link: Link {
                pid: Field::of("200"),
                preview: Some(Target {
                    pid: "200".into(),
                    package: "103.195.160".into(),
                    promise: Block::sample("103.195.160").text(),
                    stock: "60".into(),
                    before: Block::sample("103.181.91").text(),
                }),
            },
            ..whole.clone()
        };
        let plain = ProductSheet {
            may_change: false,
            history: History { chart: None, rows: vec![], ..History::sample() },
            changes: vec![],
            ..whole.clone()
        };
        let by_hand = whole.clone().by_hand();
        let miscounted = ProductSheet {
            shelf: by_hand.shelf.clone().map(|shelf| Shelf {
                stock: Field::wrong("some", "Stock must be a whole number."),
                waiting: vec![],
                in_all: 0,
                ..shelf
            }),
            ..by_hand.clone()
        };
        vec![
            ("whole", whole),
            ("held", held),
            ("wrong", wrong),
            ("support", plain),
            ("by-hand", by_hand),
            ("miscounted", miscounted),
        ]
    }
}
