//! All papers, and what the tax administration is told of a month.

use axum::extract::State;
use axum::response::Response;
use domain::gst_return::Sheet;
use engine::gst_return::{Months, Return};
use engine::permission::Act;
use engine::read::Viewer;
use serde::Deserialize;

use super::csv::{sheet_words, written};
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::csv;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::paper::{Counted, Export, ExportSheet, Row, StaffList};

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    after: Option<String>,
    month: Option<String>,
}

/// `/admin/papers`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let engine = shop.engine();
    let part = engine.papers(&Viewer::Staff, which.after.as_deref(), None).await?;
    let frame = around.frame(&shop, "Invoices", Here::StaffPapers);
    let rows = part.items.iter().map(|paper| Row::of(paper, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::STAFF_PAPERS, [("after", &*next)]));
    let has_seller = engine.shop_party().await?.is_some();
    let export = match me.may(Act::ExportBooks) {
        false => None,
        true => {
            let counted = match &which.month {
                Some(month) => Some(engine.gst_return(Months::read(month, None)?).await?),
                None => None,
            };
            let month = which.month.unwrap_or_else(|| engine.month_of(engine.now()));
            Some(Export { month, counted: counted.as_ref().map(count) })
        }
    };
    page::show(&StaffList { frame, rows, next, export, has_seller })
}

fn count(found: &Return) -> Counted {
    let count = |sheet| found.papers.iter().filter(|paper| Sheet::of(paper) == sheet).count();
    let sheets = Sheet::ALL.map(|sheet| ExportSheet {
        name: sheet.as_str(),
        what: sheet_words(sheet),
        count: count(sheet),
    });
    Counted {
        sheets: sheets.into(),
        taxes: Counted::taxes_of((found.taxes, found.booked), found.currency),
        agrees: found.taxes == found.booked,
        waiting: found.waiting,
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    sheet: String,
    from: String,
    to: Option<String>,
}

/// `/admin/papers/return.csv`
pub(crate) async fn tax_return(
    State(shop): State<Shop>,
    Asked(Wanted { sheet, from, to }): Asked<Wanted>,
) -> Result<Response, Problem> {
    let sheet = Sheet::parse(&sheet).ok_or_else(|| Problem::missing("sheet", &sheet))?;
    let found = shop.engine().gst_return(Months::read(&from, to.as_deref())?).await?;
    let text = written(sheet, &found.papers, &shop.app().look.zone);
    Ok(csv::file(&format!("{}-{from}.csv", sheet.as_str()), text))
}
