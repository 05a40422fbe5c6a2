//! Mail for staff: the list, one mail, and the gallery of templates.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Sample, Tone};

/// `/admin/mails`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/mails/list.html")]
pub struct List {
    pub frame: Frame,
    /// Whom mails are looked for to; empty: to anybody.
    pub to: Field,
    /// The word of the state that was chosen, kept by the search; empty: all.
    pub state: String,
    pub rows: Vec<Row>,
    /// The value of each is the page that it leads to.
    pub states: Vec<Choice>,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub what: String,
    pub to: String,
    pub order: Option<String>,
    pub state: Badge,
    pub tries: i64,
    pub error: Option<String>,
    pub decided: Moment,
    pub sent: Option<Moment>,
}

/// `/admin/mails/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/mails/show.html")]
pub struct Show {
    pub frame: Frame,
    pub row: Row,
    pub subject: String,
    pub text: String,
    /// It was sent or came back, and may be sent again.
    pub has_ended: bool,
}

/// `/admin/mails/templates`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/mails/gallery.html")]
pub struct Gallery {
    pub frame: Frame,
    pub pictures: Vec<Picture>,
}

/// One template with sample data.
#[derive(Clone, Debug)]
pub struct Picture {
    pub name: String,
    /// The code of its language; empty: English.
    pub language: String,
    pub what: String,
    pub subject: String,
}

/// What a kind of mail is called in lists.
pub fn kind_words(kind: &str) -> String {
    let words = match kind {
        "ordered" => "Order received",
        "paid" => "Paid",
        "paid-too-late" => "Paid too late",
        "held" => "Held",
        "choice" => "Wait, or money back",
        "delivered" => "Server ready",
        "replaced" => "New server ready",
        "money-back" => "Money sent back",
        "remedy" => "What was decided",
        "apology" => "Apology",
        "verify-address" => "Prove the address",
        "known-address" => "Account known",
        "reset-password" => "New password",
        "staff-invited" => "Invitation to staff",
        "unknown-address" => "No account",
        "password-changed" => "Password changed",
        "address-changed" => "Address changed",
        "second-factor-off" => "Second factor off",
        "low-stock" => "Low stock",
        "alerts" => "Alerts",
        "daily-summary" => "Day's summary",
        "test" => "Test",
        other => return other.to_owned(),
    };
    words.to_owned()
}

impl Row {
    fn sample(kind: &str, state: (Tone, &str), sent: bool) -> Row {
        let frame = Frame::staff_sample("", Here::StaffMails);
        let came_back = state.0 == Tone::Bad;
        let error = "permanent error (550): 5.1.1 <asha@example.com>: user unknown";
        Row {
            id: "41".into(),
            what: kind_words(kind),
            to: "asha@example.com".into(),
            order: Some("ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into()),
            state: Badge::of(state.0, state.1),
            tries: i64::from(sent || came_back),
            error: came_back.then(|| error.into()),
            decided: frame.time(sample_time("14:02:00")),
            sent: sent.then(|| frame.time(sample_time("14:02:03"))),
        }
    }
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let states = vec![
            Choice { chosen: true, ..Choice::of("/admin/mails", "All") },
            Choice::of("/admin/mails?state=queued", "On its way"),
            Choice::of("/admin/mails?state=refused", "Came back"),
        ];
        let frame = Frame::staff_sample("Mail", Here::StaffMails);
        let rows = vec![
            Row::sample("delivered", (Tone::Good, "Sent"), true),
            Row::sample("paid", (Tone::Sea, "On its way"), false),
            Row::sample("ordered", (Tone::Bad, "Came back"), false),
        ];
        let (to, state) = (Field::default(), String::new());
        let full = List { frame, to, state, rows, states, next: None };
        let empty = List { rows: vec![], ..full.clone() };
        let to = Field::of("somebody.with.a.long.name@mail.example.com");
        let found = List { to: to.clone(), ..full.clone() };
        let nobody = List { to, state: "refused".into(), ..empty.clone() };
        vec![("empty", empty), ("rows", full), ("found", found), ("nobody", nobody)]
    }
}

impl Sample for Show {
    fn samples(_: Language) -> Vec<(&'static str, Show)> {
        let sent = Show {
            frame: Frame::staff_sample("Your server is ready", Here::StaffMails),
            row: Row::sample("delivered", (Tone::Good, "Sent"), true),
            subject: "Your server is ready: 103.181.91.50".into(),
            text: "Your server is ready\n\nHello Asha,\n".into(),
            has_ended: true,
        };
        let refused = Row::sample("delivered", (Tone::Bad, "Came back"), false);
        let waiting = Row::sample("delivered", (Tone::Plain, "Waiting"), false);
        vec![
            ("refused", Show { row: refused, ..sent.clone() }),
            ("waiting", Show { row: waiting, has_ended: false, ..sent.clone() }),
            ("sent", sent),
        ]
    }
}

impl Sample for Gallery {
    fn samples(_: Language) -> Vec<(&'static str, Gallery)> {
        let frame = Frame::staff_sample("Mail templates", Here::StaffMails);
        let picture = |name: &str, what: &str, subject: &str| Picture {
            language: String::new(),
            name: name.into(),
            what: what.into(),
            subject: subject.into(),
        };
        let pictures = vec![
            picture("ordered", "An order was made", "We have your order (ORD-7KQ2MX4TBN)"),
            picture("delivered", "The server is theirs", "Your server is ready: 103.181.91.50"),
        ];
        vec![("all", Gallery { frame, pictures })]
    }
}
