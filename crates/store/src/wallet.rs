//! Wallets: what customers keep with us. A wallet is moved together with the ledger, in one place,
//! and nothing takes out of it more than is there. Not for why it is moved.

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId};
use domain::ledger::{Account, Entry};
use domain::money::{Currency, Money};

use crate::db::{Result, Row, StoreError, Tx};
use crate::order::{inconsistent, order_id, read_currency};

/// Why a wallet was moved, as its owner reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Money that the owner paid in.
    TopUp,
    /// It paid an order, or began to.
    Draw,
    /// Of an order's money, what became credit.
    Back,
    /// Staff gave it.
    Gift,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::TopUp => "top_up",
            Kind::Draw => "draw",
            Kind::Back => "back",
            Kind::Gift => "gift",
        }
    }

    fn parse(word: &str) -> Option<Kind> {
        [Kind::TopUp, Kind::Draw, Kind::Back, Kind::Gift]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A movement of a wallet beside its entry in the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    pub account: &'a AccountId,
    pub order: Option<&'a OrderId>,
    pub kind: Kind,
    pub note: &'a str,
}

/// One line of a wallet's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletEntry {
    pub id: i64,
    pub at: Timestamp,
    pub kind: Kind,
    pub order: Option<OrderId>,
    /// Less than zero where it left.
    pub amount: Money,
    /// After it.
    pub balance: Money,
    pub note: String,
}

/// Money that came in for a wallet.
#[derive(Clone, Copy, Debug)]
pub struct NewTopUp<'a> {
    pub gateway: &'a str,
    pub gateway_payment: &'a str,
    pub payment: &'a str,
    pub account: &'a AccountId,
    pub amount: Money,
}

impl Tx<'_> {
    /// Moves a wallet and books the entry that says so; false, and nothing is written, where it
    /// holds less than the entry takes.
    pub fn move_wallet(&mut self, of: &Move<'_>, entry: &Entry) -> Result<bool> {
        let wallet = Account::Wallet(of.account.clone());
        let of_it = entry.postings().iter().filter(|posting| posting.account == wallet);
        // The books have it the other way round: what a customer has, we owe.
        let minor = -of_it.map(|posting| posting.minor).sum::<i64>();
        let Some(balance) = self.change_balance(of.account, Money::new(minor, entry.currency))?
        else {
            return Ok(false);
        };
        self.later(
            "INSERT INTO wallet_entry (account_id, at, kind, cause, order_id, amount_minor, \
             currency, balance_minor, note) VALUES ($1, {now}, $2, $3, $4, $5, $6, $7, $8)",
            args![
                of.account.as_str(),
                of.kind.word(),
                entry.cause.as_str(),
                of.order.map(OrderId::as_str),
                minor,
                entry.currency.code(),
                balance,
                of.note,
            ],
        )?;
        self.write_entry(of.order, entry)?;
        Ok(true)
    }

    /// The one write that changes a balance, and the balance after it.
    fn change_balance(&mut self, account: &AccountId, by: Money) -> Result<Option<i64>> {
        let sql = match by.minor < 0 {
            true => {
                "UPDATE wallet SET balance_minor = balance_minor + $3 WHERE account_id = $1 \
                 AND currency = $2 AND balance_minor + $3 >= 0 RETURNING balance_minor"
            }
            false => {
                "INSERT INTO wallet (account_id, currency, balance_minor) VALUES ($1, $2, $3) \
                 ON CONFLICT (account_id, currency) DO UPDATE \
                 SET balance_minor = wallet.balance_minor + excluded.balance_minor \
                 RETURNING balance_minor"
            }
        };
        let row = self.lookup(sql, args![account.as_str(), by.currency.code(), by.minor])?;
        row.map(|row| row.int(0)).transpose()
    }

    /// What a customer keeps with us in one currency.
    pub fn wallet_balance(&mut self, account: &AccountId, currency: Currency) -> Result<Money> {
        let row = self.lookup(
            "SELECT balance_minor FROM wallet WHERE account_id = $1 AND currency = $2",
            args![account.as_str(), currency.code()],
        )?;
        Ok(Money::new(row.map_or(Ok(0), |row| row.int(0))?, currency))
    }

    /// What a customer keeps with us, in every currency in which they ever had any.
    pub fn wallet_balances(&mut self, account: &AccountId) -> Result<Vec<Money>> {
        let rows = self.rows(
            "SELECT balance_minor, currency FROM wallet WHERE account_id = $1 ORDER BY currency",
            args![account.as_str()],
        )?;
        rows.iter().map(|row| Ok(Money::new(row.int(0)?, read_currency(row.text(1)?)?))).collect()
    }

    /// What wallets have put aside for an order, and not had back.
    pub fn set_aside(&mut self, order: &OrderId) -> Result<i64> {
        let row = self.lookup(&set_aside("c.order_id = $1"), args![order.as_str()])?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// A page of a wallet's statement, newest first; `before` is the last line of the page before.
    pub fn wallet_entries(
        &mut self,
        account: &AccountId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<WalletEntry>> {
        let rows = self.rows(
            "SELECT id, at, kind, order_id, amount_minor, currency, balance_minor, note \
             FROM wallet_entry WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            args![account.as_str(), before.unwrap_or(i64::MAX), limit],
        )?;
        rows.iter().map(read).collect()
    }

    /// Notes money that came in for a wallet, once per movement at its gateway; false when it is
    /// there already.
    pub fn insert_top_up(&mut self, new: &NewTopUp<'_>) -> Result<bool> {
        let inserted = self.run(
            "INSERT INTO top_up (gateway, gateway_payment, payment_id, account_id, amount_minor, \
             currency, at) VALUES ($1, $2, $3, $4, $5, $6, {now}) \
             ON CONFLICT (gateway, gateway_payment) DO NOTHING",
            args![
                new.gateway,
                new.gateway_payment,
                new.payment,
                new.account.as_str(),
                new.amount.minor,
                new.amount.currency.code(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Our payment that a movement at a gateway topped a wallet up for.
    pub fn topped_up_by(&mut self, gateway: &str, movement: &str) -> Result<Option<String>> {
        let row = self.lookup(
            "SELECT payment_id FROM top_up WHERE gateway = $1 AND gateway_payment = $2",
            args![gateway, movement],
        )?;
        row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
    }
}

/// Asks what wallets have put aside, and not had back, by some of the captures `c`.
pub(crate) fn set_aside(which: &str) -> String {
    format!(
        "SELECT CAST(COALESCE(SUM(c.amount_minor - COALESCE((SELECT SUM(r.amount_minor) \
           FROM refund r WHERE r.gateway = c.gateway \
           AND r.gateway_payment = c.gateway_payment AND r.order_id = c.order_id \
           AND r.state <> 'failed'), 0)), 0) \
         AS BIGINT) FROM capture c WHERE {which} AND c.gateway = 'wallet'"
    )
}

fn read(row: &Row) -> Result<WalletEntry> {
    let currency = read_currency(row.text(5)?)?;
    let kind = Kind::parse(row.text(2)?).ok_or_else(|| StoreError::Inconsistent {
        what: "wallet entry",
        why: format!("unknown kind {:?}", row.text(2).unwrap_or_default()),
    })?;
    Ok(WalletEntry {
        id: row.int(0)?,
        at: row.time(1)?,
        kind,
        order: row.opt_text(3)?.map(order_id).transpose()?,
        amount: Money::new(row.int(4)?, currency),
        balance: Money::new(row.int(6)?, currency),
        note: row.text(7)?.into(),
    })
}

/// Reads an account's id out of a row.
pub(crate) fn account_id(text: &str) -> Result<AccountId> {
    AccountId::parse(text).map_err(|error| inconsistent("account", error))
}
