//! Is a day over that staff have not been told of?

use domain::clock::Timestamp;
use domain::money::Money;
use jiff::civil::Date;
use store::day::DayFacts;
use store::db::Tx;

use crate::Engine;
use crate::error::{Error, Result};
use crate::mail::told::DAILY;
use crate::read::today::OPEN;

/// Staff find it when they come.
const TOLD_FROM_HOUR: i8 = 7;

/// A day that is over, as it is to be told, and the cause of the mails that tell it.
pub(super) struct DayOver {
    pub cause: String,
    pub facts: DayFacts,
}

impl Engine {
    /// Yesterday, from seven in the morning on, until the first of staff is told of it. Nothing of
    /// days before anything was ever booked.
    pub(super) async fn day_over(&self, first: &str) -> Result<Option<DayOver>> {
        let (engine, first) = (self.clone(), first.to_owned());
        let found = self.db().read(move |tx| {
            let Some(date) = engine.yesterday(tx.now()?)? else { return Ok(None) };
            let cause = format!("{DAILY}/{date}");
            if tx.is_mail_written(&format!("{cause}/{first}"))? {
                return Ok(None);
            }
            let day = engine.bounds_of(date)?;
            let began = tx.first_booked_at()?.is_some_and(|began| began < day.1);
            Ok::<_, Error>(began.then_some((cause, date, day)))
        });
        let Some((cause, date, day)) = found.await? else { return Ok(None) };
        let provider = self.parts.provider.id;
        let facts = self.db().count(move |tx| facts(tx, (date, day), provider)).await?;
        Ok(Some(DayOver { cause, facts }))
    }

    /// The day before this moment's, where the shop is; nothing while that is still young.
    fn yesterday(&self, now: Timestamp) -> Result<Option<Date>> {
        let wrong = |error: jiff::Error| Error::Bug(format!("{now:?} has no day: {error}"));
        let now = jiff::Timestamp::from_microsecond(now.as_micros()).map_err(wrong)?;
        let here = now.to_zoned(self.settings().papers.zone.clone());
        if here.hour() < TOLD_FROM_HOUR {
            return Ok(None);
        }
        here.date().yesterday().map(Some).map_err(wrong)
    }

    fn bounds_of(&self, date: Date) -> Result<(Timestamp, Timestamp)> {
        let wrong = |error: jiff::Error| Error::Bug(format!("{date} does not end: {error}"));
        Ok((self.begin_of(date)?, self.begin_of(date.tomorrow().map_err(wrong)?)?))
    }
}

fn facts(
    tx: &mut Tx<'_>,
    (date, (from, until)): (Date, (Timestamp, Timestamp)),
    provider: &str,
) -> Result<DayFacts> {
    let sums = |sums: Vec<Money>| {
        sums.iter().map(|sum| (sum.minor, sum.currency.code().to_owned())).collect()
    };
    let (day, stands) = (tx.day(from, until)?, tx.figures(&OPEN)?);
    let listed = stands.listed.into_iter();
    Ok(DayFacts {
        date: date.to_string(),
        paid: day.paid,
        delivered: day.delivered,
        taken: sums(day.taken),
        returned: sums(day.returned),
        owed: sums(stands.owed),
        listed: listed.map(|row| (row.why, row.orders, row.overdue)).collect(),
        alerts: stands.alerts.iter().map(|(_, count)| count).sum(),
        synced_at: tx
            .pointers(provider)?
            .and_then(|pointers| pointers.sync_at)
            .map(Timestamp::as_micros),
    })
}
