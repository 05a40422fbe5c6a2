//! Values, rows and errors, as the database server's driver has them and as the house does.

use bytes::BytesMut;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type};

use crate::db::{Result, Row, StoreError, Value};

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(kind, out),
            (Value::Int(number), _) => number.to_sql(kind, out),
            (Value::Text(text), _) => text.to_sql(kind, out),
            (Value::Bytes(bytes), _) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

pub(super) fn row(row: tokio_postgres::Row) -> Result<Row> {
    let read = |at: usize| {
        let value = match *row.columns()[at].type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(at).map(|n| Value::from(n.map(i64::from))),
            Type::BOOL => row.try_get::<_, Option<bool>>(at).map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at).map(Value::from),
            _ => row.try_get::<_, Option<String>>(at).map(Value::from),
        };
        value.map_err(|error| failure(&error))
    };
    Ok(Row((0..row.len()).map(read).collect::<Result<_>>()?))
}

/// The server's words with its detail, which names the constraint or the key, never a secret.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => db.message().to_owned(),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

pub(super) fn failure(error: &tokio_postgres::Error) -> StoreError {
    let text = describe(error);
    let Some(db) = error.as_db_error() else {
        return StoreError::Unavailable(text);
    };
    match db.code() {
        code if code.code().starts_with("23") => {
            StoreError::Refused { constraint: db.constraint().unwrap_or(&text).to_owned() }
        }
        code if *code == SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy(text),
        code if matches!(&code.code()[..2], "40") => StoreError::Busy(text),
        code if matches!(&code.code()[..2], "08" | "53" | "57")
            || code.code().starts_with("25P03") =>
        {
            StoreError::Unavailable(text)
        }
        _ => StoreError::Failed(text),
    }
}
