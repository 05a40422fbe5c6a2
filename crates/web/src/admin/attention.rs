//! What a person must look at: all of it, by reason and by how urgent it is; and taking an order
//! over.

use axum::extract::State;
use axum::response::Response;
use domain::id::OrderId;
use engine::Error;
use engine::permission::Act;
use engine::read::{Desk, Owner, Wanted};
use serde::Deserialize;

use super::home::attention;
use super::orders::put_together;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, id_of};
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::attention::{Kind, List, Row};
use crate::view::admin::orders::Show;
use crate::view::admin::trace::took;
use crate::view::admin::why_words;
use crate::view::{Choice, Frame, Here, Said};

/// How long, as the form offers it.
const OFFERED: [(&str, &str); 5] =
    [("1", "1 hour"), ("4", "4 hours"), ("24", "1 day"), ("72", "3 days"), ("168", "7 days")];

pub(super) fn offered() -> Vec<Choice> {
    OFFERED.map(|(hours, label)| Choice::of(hours, label)).into()
}

/// Which part of the list is looked at, as the address of the page says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Which {
    /// The word of a reason; empty: all.
    #[serde(default)]
    why: String,
    /// `mine`, `nobody`, or everybody's.
    #[serde(default)]
    owner: String,
    /// `overdue`, or all.
    #[serde(default)]
    due: String,
    after: Option<String>,
}

const OWNERS: [(&str, &str, &str); 3] =
    [("", "All", ""), ("mine", "Mine", "yours"), ("nobody", "Nobody's", "nobody's")];
const OVERDUE: &str = "overdue";

impl Which {
    fn wanted(&self, me: &Me) -> Wanted {
        let why = self.why.trim();
        Wanted {
            why: (!why.is_empty()).then(|| why.to_owned()),
            owner: match &*self.owner {
                "mine" => Owner::One(me.actor().to_owned()),
                "nobody" => Owner::Nobody,
                _ => Owner::Anybody,
            },
            overdue: self.is_overdue(),
        }
    }

    fn is_overdue(&self) -> bool {
        self.due == OVERDUE
    }

    /// What of it is set, as a form sends it back.
    fn kept(&self) -> Vec<(&'static str, String)> {
        let all = [("why", self.why.trim()), ("owner", &*self.owner), ("due", &*self.due)];
        let set = all.into_iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| (name, value.to_owned())).collect()
    }

    fn address(&self) -> String {
        let after = self.after.clone().map(|after| ("after", after));
        let set: Vec<_> = self.kept().into_iter().chain(after).collect();
        let set = set.iter().map(|(name, value)| (*name, value.as_str()));
        paths::with_query(paths::STAFF_ATTENTION, set)
    }

    /// From its beginning, so that another filter can be put in.
    fn begun(&self) -> Which {
        Which { after: None, ..self.clone() }
    }

    /// What is looked for, as a sentence; nothing where all of it is.
    fn sentence(&self) -> Option<String> {
        let why = Some(self.why.trim()).filter(|why| !why.is_empty()).map(why_words);
        let owner = OWNERS.iter().find(|(word, ..)| *word == self.owner);
        let owner = owner.map(|(.., words)| (*words).to_owned()).filter(|words| !words.is_empty());
        let due = self.is_overdue().then(|| OVERDUE.to_owned());
        let told: Vec<String> = [why, owner, due].into_iter().flatten().collect();
        let told = told.join(", ");
        (!told.is_empty()).then(|| format!("Looked for: {told}. Others may wait all the same."))
    }
}

/// `/admin/attention`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    page::show(&shelf(&shop, &around, &me, &which).await?)
}

async fn shelf(shop: &Shop, around: &Around, me: &Me, which: &Which) -> Result<List, Problem> {
    let desk = shop.engine().desk(&which.wanted(me), which.after.as_deref(), None).await?;
    let frame = around.frame(shop, "Needs a person", Here::StaffAttention);
    let rows = desk.page.items.iter().map(|row| Row {
        row: attention(row, &frame),
        sold: format!("{}, {}", row.product_name, row.amount.for_people()),
        error: row.error.clone(),
    });
    let begun = which.begun();
    let next = desk.page.next.clone();
    Ok(List {
        rows: rows.collect(),
        kinds: kinds(&desk, which, &frame),
        all_kinds: Choice {
            chosen: which.why.trim().is_empty(),
            ..Choice::of(Which { why: String::new(), ..begun.clone() }.address(), "All")
        },
        filters: filters(which),
        kept: which.kept(),
        narrowed: which.sentence(),
        hours: offered(),
        may_take: me.may(Act::RemedyNoValue),
        may_give: me.may(Act::RemedyValue),
        refused: None,
        next: next.map(|next| Which { after: Some(next), ..begun }.address()),
        frame,
    })
}

fn kinds(desk: &Desk, which: &Which, frame: &Frame) -> Vec<Kind> {
    let kind = |kind: &engine::read::Kind| Kind {
        url: Which { why: kind.why.clone(), ..which.begun() }.address(),
        what: why_words(&kind.why),
        orders: kind.orders,
        overdue: kind.overdue,
        oldest: took(frame.now.as_micros() - kind.oldest.as_micros()),
        chosen: kind.why == which.why.trim(),
    };
    desk.kinds.iter().map(kind).collect()
}

fn filters(which: &Which) -> Vec<Choice> {
    let owner = |(word, label, _): (&str, &str, &str)| Choice {
        chosen: which.owner == word,
        ..Choice::of(Which { owner: word.to_owned(), ..which.begun() }.address(), label)
    };
    let due = if which.is_overdue() { "" } else { OVERDUE };
    let overdue = Choice {
        chosen: which.is_overdue(),
        ..Choice::of(Which { due: due.to_owned(), ..which.begun() }.address(), "Overdue")
    };
    OWNERS.map(owner).into_iter().chain([overdue]).collect()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    /// The one whose button was pressed.
    order: String,
    hours: String,
    /// `order` where it was pressed on the order's own page.
    #[serde(default)]
    back: String,
    #[serde(flatten)]
    which: Which,
}

/// `POST /admin/attention`
pub(crate) async fn take(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(taken): Posted<Taken>,
) -> Result<Response, Problem> {
    let order = id_of::<OrderId>(&taken.order)?;
    // What is no number is no number of hours: the engine says which ones there are.
    let hours = taken.hours.trim().parse().unwrap_or_default();
    let (which, on_order) = (taken.which.begun(), taken.back == "order");
    match shop.engine().take_over_listed(&order, hours, me.actor()).await {
        Ok(()) => {
            let path = if on_order { paths::staff_order(&order) } else { which.address() };
            Ok(page::on_to_say(&path, Said::Done))
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            let refused = Some(sentence(&error.to_string()));
            if on_order {
                let all = shop.engine().admin_order(&order).await?;
                let page = put_together(&shop, &around, &me, &all).await?;
                return page::show_refused(error, &Show { not_taken: refused, ..page });
            }
            let page = shelf(&shop, &around, &me, &which).await?;
            page::show_refused(error, &List { refused, ..page })
        }
        Err(error) => Err(error.into()),
    }
}
