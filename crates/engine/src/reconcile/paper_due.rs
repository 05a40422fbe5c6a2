//! What was sold or given back and has no invoice or credit note yet? Numbers are given here and
//! nowhere else, in the order of the ledger's entries and without a gap, a moment after them: so a
//! payment never waits for a number, and whatever was booked before it is known by then.

use std::collections::HashMap;
use std::time::Duration;

use domain::id::{OrderId, PaperId, Rising};
use domain::paper::{self, Content, Kind, Paper, Year};
use domain::party::Party;
use store::db::Tx;
use store::paper::{NewPaper, Source};
use store::party::Whose;

use crate::Engine;
use crate::brand;
use crate::error::{Error, Result};

/// Longer than the database lets a transaction stand idle: an entry that was booked before another
/// one is there when that one gets its number.
const SETTLED_FOR: Duration = Duration::from_secs(15);
/// So many papers go into one transaction.
const TOGETHER: u16 = 200;

impl Engine {
    pub(crate) async fn number_papers(&self) -> Result<u64> {
        let mut numbered = 0;
        while self.db().read(|tx| tx.are_papers_due(SETTLED_FOR)).await? {
            let engine = self.clone();
            let count = self.db().write(move |tx| engine.number_some(tx)).await?;
            numbered += count;
            if count < u64::from(TOGETHER) {
                break;
            }
        }
        Ok(numbered)
    }

    fn number_some(&self, tx: &mut Tx<'_>) -> Result<u64> {
        let dues = tx.lock_papers_due(SETTLED_FOR, TOGETHER.into())?;
        let sources = tx.paper_sources(dues)?;
        let seller = tx.party(Whose::Shop)?;
        let shop = brand::read(tx.brand()?)?.given_name;
        let orders: Vec<OrderId> = sources.iter().map(|source| source.order.id.clone()).collect();
        let mut invoices = Invoices::default();
        for paper in tx.papers_of(&orders)? {
            invoices.note(&paper);
        }
        let mut numbers = self.numbers(tx, &sources)?;
        let now = self.now();
        let rising = Rising::new(&*self.parts.chance);
        let mut papers = Vec::with_capacity(sources.len());
        for source in &sources {
            let (kind, series) = self.series(source)?;
            let next = numbers.entry(series.clone()).or_default();
            let paper = Paper {
                id: PaperId::mint(now, &rising),
                kind,
                series,
                count: *next,
                order: source.order.id.clone(),
                account: source.order.account.clone(),
                at: source.due.at,
                currency: source.currency,
                sums: match kind {
                    Kind::Invoice => source.sums,
                    Kind::CreditNote => source.sums.reversed(),
                },
                content: self.content((source, kind), (&seller, &shop), &invoices),
            };
            *next += 1;
            invoices.note(&paper);
            papers.push(NewPaper { paper, cause: source.due.cause.clone() });
        }
        tx.insert_papers(&papers)?;
        Ok(u64::try_from(papers.len()).unwrap_or(u64::MAX))
    }

    /// The first number of each series that some entries need.
    fn numbers(&self, tx: &mut Tx<'_>, sources: &[Source]) -> Result<HashMap<String, i64>> {
        let mut wanted: Vec<(String, i64)> = Vec::new();
        for source in sources {
            let (_, series) = self.series(source)?;
            match wanted.iter_mut().find(|(known, _)| *known == series) {
                Some((_, count)) => *count += 1,
                None => wanted.push((series, 1)),
            }
        }
        // Every node locks in the same order.
        wanted.sort_unstable();
        let mut first = HashMap::new();
        for (series, count) in wanted {
            let number = tx.take_paper_numbers(&series, count)?;
            first.insert(series, number);
        }
        Ok(first)
    }

    /// Which paper an entry is due, and what its number begins with.
    fn series(&self, source: &Source) -> Result<(Kind, String)> {
        let settings = &self.settings().papers;
        let cause = &source.due.cause;
        let kind = Kind::of(source.sums.total())
            .ok_or_else(|| Error::Bug(format!("{cause} sells nothing and takes nothing back")))?;
        let year = Year::of(source.due.at, &settings.zone)
            .ok_or_else(|| Error::Bug(format!("{cause} is of no year")))?;
        let prefix = match kind {
            Kind::Invoice => &settings.invoice_prefix,
            Kind::CreditNote => &settings.credit_note_prefix,
        };
        Ok((kind, paper::series(prefix, year)))
    }

    fn content(
        &self,
        (source, kind): (&Source, Kind),
        (seller, shop): (&Option<Party>, &Option<String>),
        invoices: &Invoices,
    ) -> Content {
        let sold = &source.order.sold;
        let (lines, against) = match kind {
            Kind::Invoice => (paper::billed(sold, source.sums), Vec::new()),
            Kind::CreditNote => {
                (paper::taken_back(sold, source.sums.reversed()), invoices.of(&source.order.id))
            }
        };
        Content {
            seller: seller.clone(),
            shop: shop.clone(),
            buyer: source.buyer.clone(),
            sac: self.settings().papers.sac.clone(),
            tax: sold.quote.tax,
            lines,
            order_number: source.order.number.clone(),
            order_total: sold.quote.total.minor,
            receipt: sold.receipt(),
            against,
        }
    }
}

/// Which invoices an order has, for what is taken back from them.
#[derive(Default)]
struct Invoices(HashMap<OrderId, Vec<String>>);

impl Invoices {
    fn note(&mut self, paper: &Paper) {
        if paper.kind == Kind::Invoice {
            self.0.entry(paper.order.clone()).or_default().push(paper.number());
        }
    }

    fn of(&self, order: &OrderId) -> Vec<String> {
        self.0.get(order).cloned().unwrap_or_default()
    }
}
