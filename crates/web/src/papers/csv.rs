//! Sheets of the return of sales as CSV: the columns of GSTR-1 by their names, and behind them the
//! taxes, so that the sums can be laid beside the ledger.

use std::collections::BTreeMap;

use domain::gst::Place;
use domain::gst_return::Sheet;
use domain::money::Money;
use domain::paper::{Kind, Paper, Sums};

use crate::csv::line;
use crate::view::when::Zone;

/// What a sheet is about.
pub(super) fn sheet_words(sheet: Sheet) -> &'static str {
    match sheet {
        Sheet::B2b => "Invoices to registered buyers",
        Sheet::B2cl => "Large invoices to other states",
        Sheet::B2cs => "Everything else with tax, by place",
        Sheet::Cdnr => "Credit notes to registered buyers",
        Sheet::Cdnur => "Credit notes of large invoices and of exports",
        Sheet::Exp => "Invoices to buyers abroad",
        Sheet::Exemp => "Sold at home without tax",
    }
}

/// Behind the columns of the forms.
const TAXES: &str = "Integrated Tax,Central Tax,State/UT Tax";

/// As the forms of the return name their columns.
fn heads(sheet: Sheet) -> &'static str {
    match sheet {
        Sheet::B2b => {
            "GSTIN/UIN of Recipient,Receiver Name,Invoice Number,Invoice date,Invoice Value,\
             Place Of Supply,Reverse Charge,Applicable % of Tax Rate,Invoice Type,\
             E-Commerce GSTIN,Rate,Taxable Value,Cess Amount"
        }
        Sheet::B2cl => {
            "Invoice Number,Invoice date,Invoice Value,Place Of Supply,Applicable % of Tax Rate,\
             Rate,Taxable Value,Cess Amount,E-Commerce GSTIN"
        }
        Sheet::B2cs => {
            "Type,Place Of Supply,Applicable % of Tax Rate,Rate,Taxable Value,Cess Amount,\
             E-Commerce GSTIN"
        }
        Sheet::Cdnr => {
            "GSTIN/UIN of Recipient,Receiver Name,Note Number,Note Date,Note Type,\
             Place Of Supply,Reverse Charge,Note Supply Type,Note Value,\
             Applicable % of Tax Rate,Rate,Taxable Value,Cess Amount"
        }
        Sheet::Cdnur => {
            "UR Type,Note Number,Note Date,Note Type,Place Of Supply,Note Value,\
             Applicable % of Tax Rate,Rate,Taxable Value,Cess Amount"
        }
        Sheet::Exp => {
            "Export Type,Invoice Number,Invoice date,Invoice Value,Port Code,\
             Shipping Bill Number,Shipping Bill Date,Rate,Taxable Value,Cess Amount"
        }
        Sheet::Exemp => {
            "Description,Nil Rated Supplies,Exempted(other than nil rated/non GST supply),\
             Non-GST Supplies"
        }
    }
}

/// One sheet of some papers; those of other sheets are left out.
pub(crate) fn written(sheet: Sheet, papers: &[Paper], zone: &Zone) -> String {
    let of_it: Vec<&Paper> = papers.iter().filter(|paper| Sheet::of(paper) == sheet).collect();
    let mut text = format!("{},{TAXES}\r\n", heads(sheet));
    let rows = match sheet {
        Sheet::B2cs => summed_up(&of_it),
        Sheet::Exemp => untaxed(&of_it),
        _ => of_it.iter().map(|paper| row(sheet, paper, zone)).collect(),
    };
    rows.iter().for_each(|row| line(&mut text, row));
    text
}

fn plain(minor: i64, paper: &Paper) -> String {
    let text = Money::new(minor, paper.currency).to_string();
    text.split_once(' ').map_or(text.clone(), |(digits, _)| digits.to_owned())
}

fn taxes(sums: Sums, paper: &Paper) -> [String; 3] {
    [sums.igst, sums.cgst, sums.sgst].map(|minor| plain(minor, paper))
}

/// `27-Maharashtra`, and for what lies outside India the number that stands for it there.
fn place(paper: &Paper) -> String {
    match paper.content.tax.place {
        Some(Place::State(state)) => format!("{}-{}", state.code(), state.name()),
        Some(Place::Abroad(_)) => "96-Other Countries".to_owned(),
        None => String::new(),
    }
}

fn rate(paper: &Paper) -> String {
    paper.content.tax.rate.to_string().trim_end_matches(" %").to_owned()
}

/// One paper in a sheet that has a line for each.
fn row(sheet: Sheet, paper: &Paper, zone: &Zone) -> Vec<String> {
    let address = paper.content.buyer.address.as_ref();
    let gstin = address.and_then(|party| party.gstin.as_ref());
    let gstin = gstin.map(|gstin| gstin.as_str()).unwrap_or_default();
    let name = address.map_or(&*paper.content.buyer.name, |party| &*party.name);
    let (number, date) = (&*paper.number(), &*zone.return_day(paper.at));
    let (value, net) = (&*plain(paper.sums.total(), paper), &*plain(paper.sums.net, paper));
    let (place, rate) = (&*place(paper), &*rate(paper));
    let is_export = matches!(paper.content.tax.place, Some(Place::Abroad(_)));
    let unregistered = if is_export { "EXPWOP" } else { "B2CL" };
    let regular = "Regular B2B";
    let cells: &[&str] = match sheet {
        Sheet::B2b => {
            &[gstin, name, number, date, value, place, "N", "", regular, "", rate, net, "0.00"]
        }
        Sheet::B2cl => &[number, date, value, place, "", rate, net, "0.00", ""],
        Sheet::Cdnr => {
            &[gstin, name, number, date, "C", place, "N", regular, value, "", rate, net, "0.00"]
        }
        Sheet::Cdnur => &[unregistered, number, date, "C", place, value, "", rate, net, "0.00"],
        _ => &["WOPAY", number, date, value, "", "", "", "0", net, "0.00"],
    };
    let cells = cells.iter().map(|cell| (*cell).to_owned());
    cells.chain(taxes(paper.sums, paper)).collect()
}

/// What is taken back counts below zero.
fn signed(paper: &Paper) -> Sums {
    match paper.kind {
        Kind::Invoice => paper.sums,
        Kind::CreditNote => paper.sums.reversed(),
    }
}

fn summed_up(papers: &[&Paper]) -> Vec<Vec<String>> {
    let mut places: BTreeMap<(String, String), (Sums, &Paper)> = BTreeMap::new();
    for paper in papers {
        let (sums, _) =
            places.entry((place(paper), rate(paper))).or_insert((Sums::default(), paper));
        let more = signed(paper);
        sums.net += more.net;
        sums.igst += more.igst;
        sums.cgst += more.cgst;
        sums.sgst += more.sgst;
    }
    let row = |((place, rate), (sums, paper)): ((String, String), (Sums, &Paper))| {
        let (net, none) = (plain(sums.net, paper), String::new());
        let mut row =
            vec!["OE".to_owned(), place, none.clone(), rate, net, "0.00".to_owned(), none];
        row.extend(taxes(sums, paper));
        row
    };
    places.into_iter().map(row).collect()
}

fn untaxed(papers: &[&Paper]) -> Vec<Vec<String>> {
    let Some(first) = papers.first() else { return Vec::new() };
    let of = |registered: bool| {
        let has = |paper: &&&Paper| {
            let address = paper.content.buyer.address.as_ref();
            address.is_some_and(|party| party.gstin.is_some()) == registered
        };
        papers.iter().filter(has).map(|paper| signed(paper).net).sum::<i64>()
    };
    let row = |what: &str, net: i64| {
        let zero = plain(0, first);
        let mut row = vec![what.to_owned(), plain(net, first), zero.clone(), zero];
        row.extend(taxes(Sums::default(), first));
        row
    };
    vec![
        row("Intra-State and Inter-State supplies to registered persons", of(true)),
        row("Intra-State and Inter-State supplies to unregistered persons", of(false)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::paper::sample_papers;

    #[test]
    fn every_sheet_has_a_cell_for_every_head() {
        let zone = Zone::default();
        for sheet in Sheet::ALL {
            let text = written(sheet, &sample_papers(), &zone);
            let widths: Vec<usize> = text
                .lines()
                .map(|line| {
                    line.replace("\"\"", "")
                        .split('"')
                        .step_by(2)
                        .map(|part| part.matches(',').count())
                        .sum()
                })
                .collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{sheet:?}: {text}");
        }
    }

    #[test]
    fn the_sheets_of_all_papers_have_all_their_taxes() {
        // Without one of the credit notes, which would leave nothing.
        let mut papers = sample_papers();
        papers.retain(|paper| paper.number() != "CRN/26-27/000008");
        let zone = Zone::default();
        let tax_of = |sheet| {
            let text = written(sheet, &papers, &zone);
            let cents = |cell: &str| cell.replace('.', "").parse::<i64>().unwrap();
            let sign = if matches!(sheet, Sheet::Cdnr | Sheet::Cdnur) { -1 } else { 1 };
            text.lines()
                .skip(1)
                .map(|line| line.rsplit(',').take(3).map(cents).sum::<i64>() * sign)
                .sum::<i64>()
        };
        let all: i64 = papers.iter().map(|paper| signed(paper).taxes()).sum();
        assert!(all != 0);
        assert_eq!(Sheet::ALL.into_iter().map(tax_of).sum::<i64>(), all);
    }
}
