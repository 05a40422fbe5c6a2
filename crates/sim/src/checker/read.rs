//! Reading a shop's database beside the shop: a file by SQLite, or a server by PostgreSQL, each
//! in one transaction that only reads. Shares nothing with the shop's own store but the tables.

use std::path::Path;

use futures_util::future;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls, Row, Statement};

use super::row::{Cell, QUESTIONS, Snapshot, assembled};

/// The database could not be read at all: that says nothing about the shop.
#[derive(Debug, thiserror::Error)]
pub enum CannotRead {
    #[error("the file cannot be read: {0}")]
    File(#[from] rusqlite::Error),
    #[error("the database server cannot be read: {0}")]
    Server(#[from] tokio_postgres::Error),
}

impl Snapshot {
    /// Reads a file once, also while a shop writes to it.
    pub fn read_sqlite(path: &Path) -> Result<Snapshot, CannotRead> {
        FileReader::open(path)?.read()
    }

    /// Reads inside whatever transaction the connection is in, with all that is not committed.
    pub fn read_within_sqlite(connection: &Connection) -> Result<Snapshot, CannotRead> {
        let answers = QUESTIONS.iter().map(|sql| rows(connection, sql));
        Ok(assembled(answers.collect::<Result<_, _>>()?))
    }

    /// The same on a server.
    pub async fn read_within_postgres(client: &Client) -> Result<Snapshot, CannotRead> {
        ask(client, &prepare(client).await?).await
    }

    /// Reads a server's database once. The schema is `public` where none is named.
    pub async fn read_postgres(url: &str, schema: Option<&str>) -> Result<Snapshot, CannotRead> {
        ServerReader::open(url, schema).await?.read().await
    }
}

/// A file that is read again and again; its statements stay prepared.
#[derive(Debug)]
pub struct FileReader(Connection);

impl FileReader {
    pub fn open(path: &Path) -> Result<FileReader, CannotRead> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(QUESTIONS.len() + 2);
        Ok(FileReader(connection))
    }

    /// Everything as it was at one moment: the first question of a transaction fixes it.
    pub fn read(&self) -> Result<Snapshot, CannotRead> {
        let transaction = self.0.unchecked_transaction()?;
        let snapshot = Snapshot::read_within_sqlite(&transaction)?;
        transaction.rollback()?;
        Ok(snapshot)
    }
}

fn rows(connection: &Connection, sql: &str) -> Result<Vec<Vec<Cell>>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = (0..columns).map(|at| row.get_ref(at).map(cell_of));
        found.push(cells.collect::<Result<_, _>>()?);
    }
    Ok(found)
}

fn cell_of(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Odd("bytes that are no text"),
        },
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => Cell::Odd("a fraction"),
    }
}

/// A database server that is read again and again; its statements stay prepared.
#[derive(Debug)]
pub struct ServerReader {
    client: Client,
    questions: Vec<Statement>,
    connection: tokio::task::JoinHandle<()>,
}

impl ServerReader {
    /// Without encryption: a checker and its database are on one machine.
    pub async fn open(url: &str, schema: Option<&str>) -> Result<ServerReader, CannotRead> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        #[allow(clippy::disallowed_methods, reason = "it ends with the reader")]
        let connection = tokio::spawn(async move { drop(connection.await) });
        if let Some(schema) = schema {
            let quoted = schema.replace('"', "\"\"");
            client.batch_execute(&format!("SET search_path TO \"{quoted}\"")).await?;
        }
        let questions = prepare(&client).await?;
        Ok(ServerReader { client, questions, connection })
    }

    /// Everything as it was at one moment. The questions travel together.
    pub async fn read(&self) -> Result<Snapshot, CannotRead> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.client.batch_execute(begin).await?;
        let snapshot = ask(&self.client, &self.questions).await;
        self.client.batch_execute("ROLLBACK").await?;
        snapshot
    }
}

async fn prepare(client: &Client) -> Result<Vec<Statement>, CannotRead> {
    Ok(future::try_join_all(QUESTIONS.iter().map(|sql| client.prepare(sql))).await?)
}

async fn ask(client: &Client, questions: &[Statement]) -> Result<Snapshot, CannotRead> {
    let asked = questions.iter().map(|question| client.query(question, &[]));
    let answers = future::try_join_all(asked).await?;
    let rows = |rows: Vec<Row>| rows.iter().map(cells_of).collect();
    Ok(assembled(answers.into_iter().map(rows).collect()))
}

impl Drop for ServerReader {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

fn cells_of(row: &Row) -> Vec<Cell> {
    row.columns().iter().enumerate().map(|(at, column)| cell_at(row, at, column.type_())).collect()
}

fn cell_at(row: &Row, at: usize, kind: &Type) -> Cell {
    let found = match *kind {
        Type::INT8 => row.try_get(at).map(|value: Option<i64>| value.map(Cell::Int)),
        Type::INT4 => row.try_get(at).map(|v: Option<i32>| v.map(|v| Cell::Int(v.into()))),
        Type::TEXT | Type::VARCHAR => row.try_get(at).map(|v: Option<String>| v.map(Cell::Text)),
        Type::BYTEA => row.try_get(at).map(|v: Option<Vec<u8>>| v.map(Cell::Bytes)),
        _ => Ok(Some(Cell::Odd("a value of another kind"))),
    };
    match found {
        Ok(cell) => cell.unwrap_or(Cell::Null),
        Err(_) => Cell::Odd("a value that cannot be read"),
    }
}
