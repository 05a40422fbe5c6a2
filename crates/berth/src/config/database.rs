//! What `DATABASE_URL` may say. Not for opening databases: the store does that.

use std::path::PathBuf;

use secrecy::SecretString;

/// Which database, and where.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// The whole URL, password included.
    Postgres(SecretString),
}

const FORMS: &str = "write sqlite:<path> or postgres://user:password@host/name";

impl DatabaseUrl {
    pub(super) fn parse(text: &str) -> Result<DatabaseUrl, String> {
        match text.split_once(':') {
            Some(("sqlite", rest)) => sqlite(rest).map(DatabaseUrl::Sqlite),
            Some(("postgres" | "postgresql", _)) => postgres(text).map(DatabaseUrl::Postgres),
            _ => Err(format!("names no database that Berth knows: {FORMS}")),
        }
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, DatabaseUrl::Postgres(_))
    }
}

fn sqlite(rest: &str) -> Result<PathBuf, String> {
    // `?mode=rwc` is a habit of other programs; here a missing file is always made.
    let path = rest.strip_suffix("?mode=rwc").unwrap_or(rest);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with(":memory:") {
        return Err("would forget every order at the next start: name a file".to_owned());
    }
    if path.contains('?') {
        return Err("takes no parameters: write sqlite:<path>".to_owned());
    }
    super::value::path(path)
}

fn postgres(text: &str) -> Result<SecretString, String> {
    match url::Url::parse(text) {
        Ok(_) if text.contains("://") => Ok(SecretString::from(text)),
        Ok(_) | Err(_) => Err(format!("is not a URL: {FORMS}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_be_written_with_or_without_slashes() {
        for text in ["sqlite:/srv/shop.db", "sqlite:///srv/shop.db", "sqlite:/srv/shop.db?mode=rwc"]
        {
            let DatabaseUrl::Sqlite(path) = DatabaseUrl::parse(text).unwrap() else {
                panic!("{text} is a file")
            };
            assert_eq!(path, PathBuf::from("/srv/shop.db"));
        }
        assert!(DatabaseUrl::parse("postgres://berth:pw@db.internal:5432/shop").is_ok());
        assert!(DatabaseUrl::parse("postgresql:///shop?host=/run/postgresql").is_ok());
    }

    #[test]
    fn a_database_that_forgets_is_refused() {
        assert!(DatabaseUrl::parse("sqlite::memory:").unwrap_err().contains("forget"));
    }

    #[test]
    fn other_databases_are_refused_with_the_two_forms() {
        for text in ["mysql://host/shop", "shop.db", "postgres:shop", "postgres://host:port/shop"] {
            assert!(DatabaseUrl::parse(text).unwrap_err().contains(FORMS), "{text}");
        }
        assert!(DatabaseUrl::parse("sqlite:").is_err());
    }

    #[test]
    fn the_password_is_not_in_the_debug_text() {
        let url = DatabaseUrl::parse("postgres://berth:hunter2@db/shop").unwrap();
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
