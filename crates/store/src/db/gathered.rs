//! Questions of different shapes as one statement: each row comes as an array in text, and is read
//! as if its question had been asked alone. For pages that gather what stands in many tables.
//! Not for bytes, which such an array cannot hold.

use super::{Result, Row, StoreError, Tx, Value};

/// One question, in the parts of a statement.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub columns: &'a str,
    pub from: &'a str,
    /// The condition, and how rows are grouped.
    pub which: &'a str,
    pub order: &'a str,
}

impl Part<'_> {
    /// The same question asked alone.
    pub(crate) fn alone(&self) -> String {
        let Part { columns, from, which, order } = self;
        format!("SELECT {columns} FROM {from} WHERE {which} ORDER BY {order}")
    }
}

impl Tx<'_> {
    /// Asks several questions at once; all of them share the values.
    pub(crate) fn gather<const N: usize>(
        &mut self,
        parts: [Part<'_>; N],
        values: &[Value],
    ) -> Result<[Vec<Row>; N]> {
        let mut gathered = [const { Vec::new() }; N];
        for row in self.rows(&joined(&parts), values)? {
            let at = usize::try_from(row.int(0)?).ok();
            let part = at.and_then(|at| gathered.get_mut(at));
            part.ok_or_else(|| wrong("a part that was not asked for"))?.push(read(row.text(2)?)?);
        }
        Ok(gathered)
    }
}

fn joined(parts: &[Part<'_>]) -> String {
    let asked = parts.iter().enumerate().map(|(at, Part { columns, from, which, order })| {
        format!(
            "SELECT {at}, ROW_NUMBER() OVER (ORDER BY {order}), \
             CAST({{array}}({columns}) AS TEXT) FROM {from} WHERE {which}"
        )
    });
    format!("{} ORDER BY 1, 2", asked.collect::<Vec<_>>().join(" UNION ALL "))
}

fn read(text: &str) -> Result<Row> {
    use serde_json::Value as Json;
    let value = |json: Json| match json {
        Json::Null => Ok(Value::Null),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Number(number) => {
            number.as_i64().map(Value::Int).ok_or_else(|| wrong("a number that is not whole"))
        }
        _ => Err(wrong("a value within a value")),
    };
    let held: Vec<Json> = serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
    Ok(Row(held.into_iter().map(value).collect::<Result<_>>()?))
}

fn wrong(why: &str) -> StoreError {
    StoreError::Inconsistent { what: "gathered rows", why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gathered_row_reads_as_if_it_were_asked_for_alone() {
        let row = read(r#"["ord_1", 9223372036854775807, null, "{\"a\": 1}"]"#).unwrap();
        assert_eq!(row.text(0).unwrap(), "ord_1");
        assert_eq!(row.int(1).unwrap(), i64::MAX);
        assert_eq!(row.opt_int(2).unwrap(), None);
        assert_eq!(row.text(3).unwrap(), r#"{"a": 1}"#);
    }

    #[test]
    fn what_no_column_holds_is_refused() {
        for text in ["[1.5]", "[true]", "[[1]]", "[18446744073709551615]", "{}", "", "[1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
