//! Whoever works for the shop, as admins see them.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Sample, Tone};

/// `/admin/staff`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/staff.html")]
pub struct Staff {
    pub frame: Frame,
    pub rows: Vec<Row>,
    /// Letters leave this shop.
    pub carries_mail: bool,
    pub email: Field,
    pub name: Field,
    /// What somebody may be invited as.
    pub roles: Vec<Choice>,
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: Badge,
    pub factor: Badge,
    pub seen: Option<Moment>,
    pub keys: i64,
    /// They have not followed the link of their invitation.
    pub is_invited: bool,
    pub is_me: bool,
    /// What else they may be; the last takes them out of staff.
    pub others: Vec<Choice>,
    /// What they did.
    pub audit: String,
}

impl Sample for Staff {
    fn samples(_: Language) -> Vec<(&'static str, Staff)> {
        let frame = Frame::staff_sample("Staff", Here::StaffPeople);
        let out = Choice::of("customer", "Take out of staff");
        let admin = Row {
            id: "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: "Ravi Nair".into(),
            email: "ravi@example.com".into(),
            role: Badge::of(Tone::Sea, "admin"),
            factor: Badge::of(Tone::Good, "second factor"),
            seen: Some(frame.time(sample_time("14:01:02"))),
            keys: 1,
            is_invited: false,
            is_me: true,
            others: vec![],
            audit: "/admin/audit?who=ravi%40example.com".into(),
        };
        let support = Row {
            id: "acc_01J9ZQ4V7M8N2K6T3B5C7D9E2G".into(),
            name: "Sam".into(),
            email: "a.person.with.a.very.long.mail.address@subdomain.example.com".into(),
            role: Badge::of(Tone::Plain, "support"),
            factor: Badge::of(Tone::Warn, "no second factor"),
            keys: 0,
            is_me: false,
            others: vec![Choice::of("admin", "Make an admin"), out],
            ..admin.clone()
        };
        let invited = Row {
            id: "acc_01J9ZQ4V7M8N2K6T3B5C7D9E3H".into(),
            name: "new".into(),
            email: "new@example.com".into(),
            seen: None,
            is_invited: true,
            ..support.clone()
        };
        let whole = Staff {
            rows: vec![admin, support, invited],
            carries_mail: true,
            email: Field::default(),
            name: Field::default(),
            roles: vec![Choice::of("support", "Support"), Choice::of("admin", "Admin")],
            refused: None,
            frame,
        };
        let refused = Staff {
            email: Field::of("asha@example.com"),
            refused: Some("This email address has an account already".into()),
            ..whole.clone()
        };
        let silent = Staff { carries_mail: false, ..whole.clone() };
        vec![("list", whole), ("refused", refused), ("without-mail", silent)]
    }
}
