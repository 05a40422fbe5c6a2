//! The tables, written once for both databases, and how they come to be.
//! A released migration is never edited; the next change is the next entry.

use crate::db::{Result, StoreError, Tx};

/// Name and text of every migration, in order.
const MIGRATIONS: &[(&str, &[&str])] = &[
    (
        "0001_house",
        &[
            include_str!("migration/0001_people.sql"),
            include_str!("migration/0001_catalogue.sql"),
            include_str!("migration/0001_orders.sql"),
            include_str!("migration/0001_money.sql"),
            include_str!("migration/0001_work.sql"),
        ],
    ),
    ("0002_refunds", &[include_str!("migration/0002_refunds.sql")]),
    ("0003_disputes", &[include_str!("migration/0003_disputes.sql")]),
    ("0004_mail", &[include_str!("migration/0004_mail.sql")]),
    ("0005_accounts", &[include_str!("migration/0005_accounts.sql")]),
    ("0006_letters", &[include_str!("migration/0006_letters.sql")]),
    ("0007_by_hand", &[include_str!("migration/0007_by_hand.sql")]),
    ("0008_second_factor", &[include_str!("migration/0008_second_factor.sql")]),
    ("0009_prices", &[include_str!("migration/0009_prices.sql")]),
    ("0012_remedies", &[include_str!("migration/0012_remedies.sql")]),
    ("0010_papers", &[include_str!("migration/0010_papers.sql")]),
    ("0011_wallet", &[include_str!("migration/0011_wallet.sql")]),
    ("0015_costs", &[include_str!("migration/0015_costs.sql")]),
    ("0016_statement", &[include_str!("migration/0016_statement.sql")]),
    ("0017_top_up_disputes", &[include_str!("migration/0017_top_up_disputes.sql")]),
    ("0023_job_by_lane", &[include_str!("migration/0023_job_by_lane.sql")]),
    ("0013_checkouts", &[include_str!("migration/0013_checkouts.sql")]),
    ("0014_carts", &[include_str!("migration/0014_carts.sql")]),
    ("0020_tags", &[include_str!("migration/0020_tags.sql")]),
    ("0018_errands", &[include_str!("migration/0018_errands.sql")]),
    ("0024_job_by_id", &[include_str!("migration/0024_job_by_id.sql")]),
    ("0025_brand", &[include_str!("migration/0025_brand.sql")]),
    ("0026_account", &[include_str!("migration/0026_account.sql")]),
    ("0030_webhook_asked", &[include_str!("migration/0030_webhook_asked.sql")]),
    ("0028_orders_paid", &[include_str!("migration/0028_orders_paid.sql")]),
    ("0031_reports", &[include_str!("migration/0031_reports.sql")]),
    ("0032_notices", &[include_str!("migration/0032_notices.sql")]),
    ("0033_silence_once", &[include_str!("migration/0033_silence_once.sql")]),
    ("0034_search", &[include_str!("migration/0034_search.sql")]),
    ("0035_stock_hours", &[include_str!("migration/0035_stock_hours.sql")]),
    ("0036_people", &[include_str!("migration/0036_people.sql")]),
    ("0037_acting", &[include_str!("migration/0037_acting.sql")]),
    ("0038_mail_texts", &[include_str!("migration/0038_mail_texts.sql")]),
    ("0039_wrong_servers", &[include_str!("migration/0039_wrong_servers.sql")]),
    ("0040_catalogue_search", &[include_str!("migration/0040_catalogue_search.sql")]),
    ("0041_alerts_by_state", &[include_str!("migration/0041_alerts_by_state.sql")]),
    ("0042_strays", &[include_str!("migration/0042_strays.sql")]),
];

impl Tx<'_> {
    /// Brings the tables to the newest form. Several nodes may do it at once: one wins.
    pub fn migrate(&mut self) -> Result<()> {
        // The number that orders readings and answers, and what knows of the rest.
        self.create_tables("{make_number}")?;
        self.create_tables(
            "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)",
        )?;
        for (name, texts) in MIGRATIONS {
            if self.lookup("SELECT at FROM migration WHERE name = $1", args![*name])?.is_some() {
                continue;
            }
            // The row comes first: another node doing the same waits for it and then refuses.
            self.run("INSERT INTO migration (name, at) VALUES ($1, {now})", args![*name])?;
            for text in *texts {
                self.create_tables(text)?;
            }
        }
        Ok(())
    }

    /// Names the migrations that this database still needs; for a look that changes nothing.
    pub fn missing_migrations(&mut self) -> Result<Vec<&'static str>> {
        let made = self.migrations_made()?;
        let names = MIGRATIONS.iter().map(|(name, _)| *name);
        Ok(names.filter(|name| !made.iter().any(|known| known == name)).collect())
    }

    /// None where nobody has migrated yet.
    fn migrations_made(&mut self) -> Result<Vec<String>> {
        let table = "SELECT name FROM {tables} t WHERE t.name = 'migration'";
        if self.lookup(table, &[])?.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.rows("SELECT name FROM migration", &[])?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Names the migrations that this database has and this program does not know.
    pub fn unknown_migrations(&mut self) -> Result<Vec<String>> {
        let is_known = |made: &String| MIGRATIONS.iter().any(|(name, _)| name == made);
        Ok(self.migrations_made()?.into_iter().filter(|made| !is_known(made)).collect())
    }
}

/// Migrates, once more when another node was doing the same.
pub async fn migrate(db: &crate::db::Db) -> Result<()> {
    let mut last = StoreError::Failed("no try was made".into());
    for _ in 0..5 {
        match db.write(|tx| tx.migrate()).await {
            Ok(()) => return Ok(()),
            Err(
                error @ (StoreError::Refused { .. } | StoreError::Busy(_) | StoreError::Failed(_)),
            ) => {
                last = error;
            }
            Err(error) => return Err(error),
        }
    }
    Err(last)
}
