//! How the shop shows itself: its name, its picture and what it says for the law, as staff set it.
//! Not for what a name or a colour may be: that is decided before it comes here.

use domain::clock::Timestamp;

use crate::db::{Result, Tx};

/// The settings that a brand is made of.
pub const FACTS: &str = "brand";
pub const LOGO: &str = "brand_logo";

/// What is known of how the shop shows itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrandRows {
    /// Name, colours and support, as they were written.
    pub facts: Option<String>,
    /// The hash of its picture.
    pub logo: Option<String>,
    /// Which texts there are: slug and language, in their order.
    pub legal: Vec<(String, String)>,
}

/// A text that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalText {
    pub text: String,
    pub at: Timestamp,
    pub actor: String,
}

impl Tx<'_> {
    /// Everything that every page shows of the brand, by one question.
    pub fn brand(&mut self) -> Result<BrandRows> {
        let rows = self.rows(
            "SELECT name, value FROM setting WHERE name IN ($1, $2) \
             UNION ALL \
             SELECT 'legal ' || held.slug, held.language FROM legal_text held \
             WHERE held.text <> '' AND held.number = (SELECT MAX(other.number) \
             FROM legal_text other WHERE other.slug = held.slug \
             AND other.language = held.language) ORDER BY 1, 2",
            args![FACTS, LOGO],
        )?;
        let mut brand = BrandRows::default();
        for row in &rows {
            let (name, value) = (row.text(0)?, row.text(1)?.to_owned());
            match name.strip_prefix("legal ") {
                Some(slug) => brand.legal.push((slug.to_owned(), value)),
                None if name == LOGO => brand.logo = Some(value),
                None => brand.facts = Some(value),
            }
        }
        Ok(brand)
    }

    /// Keeps a picture by its hash; the same one is kept once.
    pub fn insert_picture(&mut self, hash: &str, bytes: &[u8], actor: &str) -> Result<()> {
        self.later(
            "INSERT INTO picture (hash, bytes, at, actor) VALUES ($1, $2, {now}, $3) \
             ON CONFLICT (hash) DO NOTHING",
            args![hash, bytes, actor],
        )
    }

    pub fn lookup_picture(&mut self, hash: &str) -> Result<Option<Vec<u8>>> {
        let row = self.lookup("SELECT bytes FROM picture WHERE hash = $1", args![hash])?;
        row.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
    }

    /// The text that holds; one of nothing holds nothing.
    pub fn legal_text(&mut self, slug: &str, language: &str) -> Result<Option<LegalText>> {
        let row = self.lookup(
            "SELECT text, at, actor FROM legal_text WHERE slug = $1 AND language = $2 \
             ORDER BY number DESC LIMIT 1",
            args![slug, language],
        )?;
        let held = row.map(|row| {
            let (text, actor) = (row.text(0)?.to_owned(), row.text(2)?.to_owned());
            Ok(LegalText { text, at: row.time(1)?, actor })
        });
        Ok(held.transpose()?.filter(|held| !held.text.is_empty()))
    }

    /// Writes what holds from now on; what held before stays in the table. Of two who write at once
    /// one is refused.
    pub fn add_legal_text(
        &mut self,
        slug: &str,
        language: &str,
        text: &str,
        actor: &str,
    ) -> Result<()> {
        self.later(
            "INSERT INTO legal_text (slug, language, number, text, at, actor) \
             SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, {now}, $4 FROM legal_text \
             WHERE slug = $1 AND language = $2",
            args![slug, language, text, actor],
        )
    }
}
