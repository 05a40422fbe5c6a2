//! Whether money and servers add up: one question per rule, each answered by one statement over
//! all rows, so that what moves meanwhile is never seen half moved. Nothing is changed here.

use std::collections::HashMap;

use domain::block::Cidr;
use domain::id::OrderId;
use domain::money::Money;
use domain::package::Ram;

use crate::db::{Result, Row, StoreError, Tx, Value, places};
use crate::order::{order_id, read_cidrs, read_currency, read_ram};

/// A row that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub kind: &'static str,
    /// The id of what breaks it.
    pub subject: String,
    pub text: String,
}

/// One rule and how the rows that break it are found. The statement answers the subject and two
/// texts, which `{1}` and `{2}` of the sentence stand for.
#[derive(Debug)]
pub struct Question {
    pub kind: &'static str,
    sql: &'static str,
    sentence: &'static str,
}

/// More rows of one kind are not told: the first ones show what is wrong.
pub const FINDINGS_MAX: usize = 1_000;

/// A delivered server and the terms that it was sold under, for an audit.
#[derive(Clone, Debug)]
pub struct DeliveredServer {
    pub order: OrderId,
    pub number: String,
    pub address: std::net::Ipv4Addr,
    pub ram: Option<Ram>,
    /// Of the terms in force.
    pub provider: String,
    pub package_name: String,
    pub cidrs: Vec<Cidr>,
    pub sold_ram: Ram,
}

/// What stands on the accounts of one kind, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub account: String,
    pub amount: Money,
}

impl Tx<'_> {
    /// Asks one question; at most `FINDINGS_MAX` rows.
    pub fn ask_books(&mut self, question: &Question) -> Result<Vec<Finding>> {
        let sql = format!("{} LIMIT {FINDINGS_MAX}", question.sql);
        let tell = |row: &Row| {
            let filled = |mark: &str, at: usize, text: &str| -> Result<String> {
                Ok(text.replace(mark, row.opt_text(at)?.unwrap_or("nothing")))
            };
            Ok(Finding {
                kind: question.kind,
                subject: row.text(0)?.to_owned(),
                text: filled("{2}", 2, &filled("{1}", 1, question.sentence)?)?,
            })
        };
        self.rows(&sql, &[])?.iter().map(tell).collect()
    }

    /// The orders behind some subjects of findings, with their numbers. Of a payment that several
    /// share it is the first.
    pub fn orders_behind(
        &mut self,
        subjects: &[String],
    ) -> Result<HashMap<String, (OrderId, String)>> {
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        const NAMES: [(&str, &str, &str); 10] = [
            ("orders", "id", "id"),
            ("server", "id", "order_id"),
            ("attempt", "id", "order_id"),
            ("payment", "id", "order_id"),
            ("payment_share", "payment_id", "order_id"),
            ("capture", "gateway_payment", "order_id"),
            ("refund", "id", "order_id"),
            ("dispute", "id", "order_id"),
            ("paper", "id", "order_id"),
            ("ledger", "transaction_id", "order_id"),
        ];
        let these = places(1, subjects.len());
        let named = NAMES.map(|(table, name, order)| {
            format!("SELECT {name} AS subject, {order} AS of FROM {table} WHERE {name} IN {these}")
        });
        let sql = format!(
            "SELECT n.subject, o.id, o.number FROM ({}) n JOIN orders o ON o.id = n.of \
             ORDER BY n.subject, o.id DESC",
            named.join(" UNION ")
        );
        let values: Vec<Value> = subjects.iter().map(Value::from).collect();
        let read = |row: &Row| {
            Ok((row.text(0)?.to_owned(), (order_id(row.text(1)?)?, row.text(2)?.to_owned())))
        };
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// A page of delivered servers with the terms in force, in the order of the orders' ids.
    pub fn delivered_servers(&mut self, after: &str, limit: i64) -> Result<Vec<DeliveredServer>> {
        // Most orders are delivered: the cast keeps the index on stages, which would have all of
        // them sorted for every page, out of the way.
        let rows = self.rows(
            "SELECT o.id, o.number, s.address, s.ram_gb, COALESCE(m.package_name, o.package_name), \
             COALESCE(m.cidrs, o.cidrs), COALESCE(m.ram_gb, o.ram_gb), \
             COALESCE(m.provider, o.provider) \
             FROM orders o JOIN server s ON s.id = o.server_id \
             LEFT JOIN amendment m ON o.amendments > 0 \
               AND m.id = (SELECT MAX(id) FROM amendment WHERE order_id = o.id) \
             WHERE CAST(o.stage AS TEXT) = 'delivered' AND o.id > $1 ORDER BY o.id LIMIT $2",
            args![after, limit],
        )?;
        let broken = |address: &str| StoreError::Inconsistent {
            what: "server",
            why: format!("{address:?} is no address"),
        };
        let read = |row: &Row| {
            Ok(DeliveredServer {
                order: order_id(row.text(0)?)?,
                number: row.text(1)?.into(),
                address: row.text(2)?.parse().map_err(|_| broken(row.text(2).unwrap_or("")))?,
                ram: row.opt_int(3)?.map(read_ram).transpose()?,
                package_name: row.text(4)?.into(),
                cidrs: read_cidrs(row.text(5)?)?,
                sold_ram: read_ram(row.int(6)?)?,
                provider: row.text(7)?.into(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// What stands on all accounts, those of one kind together.
    pub fn totals(&mut self) -> Result<Vec<Total>> {
        let rows = self.rows(
            "SELECT t.kind, t.currency, CAST(SUM(t.amount_minor) AS BIGINT) FROM (\
             SELECT currency, amount_minor, CASE WHEN account LIKE 'prepaid:%' THEN 'prepaid' \
               WHEN account LIKE 'owed:%' THEN 'owed' \
               WHEN account LIKE 'wallet:%' THEN 'wallet' ELSE account END AS kind FROM ledger) t \
             GROUP BY t.kind, t.currency ORDER BY t.kind, t.currency",
            &[],
        )?;
        let read = |row: &Row| {
            let currency = read_currency(row.text(1)?)?;
            Ok(Total { account: row.text(0)?.into(), amount: Money::new(row.int(2)?, currency) })
        };
        rows.iter().map(read).collect()
    }

    /// How many servers stand where.
    pub fn count_servers(&mut self) -> Result<Vec<(String, i64)>> {
        let rows =
            self.rows("SELECT state, COUNT(*) FROM server GROUP BY state ORDER BY state", &[])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }
}

/// Every rule that one statement can check.
pub const QUESTIONS: &[Question] = &[
    Question {
        kind: "unbalanced-transaction",
        sentence: "the rows of this ledger transaction sum to {1} {2} instead of zero",
        sql: "SELECT transaction_id, CAST(SUM(amount_minor) AS TEXT), currency FROM ledger \
              GROUP BY transaction_id, currency HAVING SUM(amount_minor) <> 0 \
              ORDER BY transaction_id",
    },
    Question {
        kind: "money-unexplained",
        sentence: "{1} {2} that came in are neither prepaid, recognised, returned nor owed",
        sql: "SELECT t.order_id, CAST(SUM(t.amount) AS TEXT), t.currency FROM (\
              SELECT order_id, currency, amount_minor AS amount FROM capture UNION ALL \
              SELECT order_id, currency, amount_minor FROM ledger WHERE order_id IS NOT NULL \
                AND (account LIKE 'prepaid:%' OR account LIKE 'owed:%' OR account = 'revenue' \
                OR account LIKE 'tax:%' OR account = 'rounding' \
                OR cause LIKE 'returned:%' OR cause LIKE 'came-back:%')) t \
              GROUP BY t.order_id, t.currency HAVING SUM(t.amount) <> 0 ORDER BY t.order_id",
    },
    Question {
        kind: "capture-without-order",
        sentence: "{1} paid at {2} belong to no order",
        sql: "SELECT c.gateway_payment, CAST(c.amount_minor AS TEXT) || ' ' || c.currency, \
              c.gateway FROM capture c \
              WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = c.order_id) \
              ORDER BY c.gateway_payment",
    },
    Question {
        kind: "shares-differ",
        sentence: "it asks for {1} minor units, and its orders get {2} of them",
        sql: "SELECT p.id, CAST(p.amount_minor AS TEXT), CAST(COALESCE(SUM(s.amount_minor), 0) \
              AS TEXT) FROM payment p LEFT JOIN payment_share s ON s.payment_id = p.id \
              WHERE p.checkout_id IS NOT NULL GROUP BY p.id, p.amount_minor \
              HAVING COALESCE(SUM(s.amount_minor), 0) <> p.amount_minor ORDER BY p.id",
    },
    Question {
        kind: "capture-not-as-shared",
        sentence: "{1} minor units of it are booked, and not as {2} is shared",
        sql: "SELECT c.gateway_payment, CAST(SUM(c.amount_minor) AS TEXT), p.id FROM capture c \
              JOIN payment p ON p.id = c.payment_id AND p.checkout_id IS NOT NULL \
              LEFT JOIN payment_share s ON s.payment_id = p.id AND s.share = c.share \
                AND s.order_id = c.order_id AND s.amount_minor = c.amount_minor \
              GROUP BY c.gateway, c.gateway_payment, p.id, p.amount_minor, p.currency \
              HAVING NOT (COUNT(s.share) = COUNT(*) AND COUNT(*) = (SELECT COUNT(*) \
                FROM payment_share a WHERE a.payment_id = p.id)) \
              AND NOT (COUNT(*) = 1 AND MIN(c.booked_as) = 'owed' AND \
                (MIN(c.amount_minor) <> p.amount_minor OR MIN(c.currency) <> p.currency)) \
              ORDER BY c.gateway_payment",
    },
    Question {
        kind: "payment-without-capture",
        sentence: "it counts as captured at {1} for {2}, and no money is booked",
        sql: "SELECT p.id, p.gateway, COALESCE(p.order_id, p.account_id, p.checkout_id) \
              FROM payment p \
              LEFT JOIN capture c ON c.payment_id = p.id LEFT JOIN top_up t ON t.payment_id = p.id \
              WHERE p.state = 'captured' AND c.payment_id IS NULL AND t.payment_id IS NULL \
              ORDER BY p.id",
    },
    Question {
        kind: "wallet-differs",
        sentence: "the wallet holds {1}, and the ledger has {2} of it",
        sql: "SELECT w.account_id, CAST(w.balance_minor AS TEXT) || ' ' || w.currency, \
              CAST(COALESCE(-SUM(l.amount_minor), 0) AS TEXT) FROM wallet w LEFT JOIN ledger l \
              ON l.account = 'wallet:' || w.account_id AND l.currency = w.currency \
              GROUP BY w.account_id, w.currency, w.balance_minor \
              HAVING w.balance_minor <> COALESCE(-SUM(l.amount_minor), 0) ORDER BY w.account_id",
    },
    Question {
        kind: "wallet-line-not-booked",
        sentence: "a line of the wallet of {1} says {2}, and the ledger says something else",
        sql: "SELECT e.cause, e.account_id, CAST(e.amount_minor AS TEXT) FROM wallet_entry e \
              LEFT JOIN ledger l ON l.cause = e.cause AND l.account = 'wallet:' || e.account_id \
              GROUP BY e.id, e.cause, e.account_id, e.amount_minor \
              HAVING e.amount_minor <> COALESCE(-SUM(l.amount_minor), 0) ORDER BY e.id",
    },
    Question {
        kind: "top-up-not-booked",
        sentence: "{1} came in for the wallet of {2}, and is not in it",
        sql: "SELECT t.gateway_payment, CAST(t.amount_minor AS TEXT) || ' ' || t.currency, \
              t.account_id FROM top_up t LEFT JOIN wallet_entry e \
              ON e.cause = 'capture:' || t.gateway || ':' || t.gateway_payment \
              AND e.account_id = t.account_id AND e.amount_minor = t.amount_minor \
              WHERE e.id IS NULL ORDER BY t.gateway_payment",
    },
    Question {
        kind: "refund-above-capture",
        sentence: "{1} minor units more are to go back, or are back, than came in by it at {2}",
        sql: "SELECT c.gateway_payment, CAST(r.amount - c.amount_minor AS TEXT), c.gateway \
              FROM capture c JOIN (SELECT gateway, gateway_payment, currency, \
                order_id, SUM(amount_minor) AS amount FROM refund WHERE state <> 'failed' \
                GROUP BY gateway, gateway_payment, order_id, currency) r ON r.gateway = c.gateway \
                AND r.gateway_payment = c.gateway_payment AND r.order_id = c.order_id \
              WHERE r.amount > c.amount_minor OR r.currency <> c.currency \
              ORDER BY c.gateway_payment",
    },
    Question {
        kind: "dispute-not-booked",
        sentence: "it is {1}, and {2} minor units of it are booked as an expense",
        sql: "SELECT d.id, d.state, CAST(COALESCE(l.amount, 0) AS TEXT) FROM (\
              SELECT gateway, id, order_id, state, amount_minor FROM dispute UNION ALL \
              SELECT gateway, id, NULL, state, amount_minor FROM top_up_dispute) d LEFT JOIN (\
              SELECT SUBSTR(cause, CASE WHEN cause LIKE 'dispute-won:%' THEN 13 ELSE 9 END) AS about, \
                order_id, SUM(amount_minor) AS amount FROM ledger WHERE account = 'disputes' \
                GROUP BY 1, 2) l ON COALESCE(l.order_id, '') = COALESCE(d.order_id, '') \
                AND (l.about = d.gateway || ':' || d.id \
                  OR l.about = d.gateway || ':' || d.id || ':' || d.order_id) \
              WHERE COALESCE(l.amount, 0) <> \
              CASE WHEN d.state = 'won' THEN 0 ELSE d.amount_minor END ORDER BY d.id",
    },
    Question {
        kind: "refund-not-booked",
        sentence: "it is {1}, and {2} minor units of it are booked as given back",
        sql: "SELECT r.id, r.state, CAST(COALESCE(l.amount, 0) AS TEXT) FROM refund r LEFT JOIN (\
              SELECT cause, SUM(amount_minor) AS amount FROM ledger WHERE account LIKE 'owed:%' \
              GROUP BY cause) l ON l.cause = 'returned:' || r.id \
              WHERE r.state IN ('done', 'paid_by_hand') AND COALESCE(l.amount, 0) <> r.amount_minor \
              ORDER BY r.id",
    },
    Question {
        kind: "refund-not-watched",
        sentence: "it is {1} for {2}, and no job leads on",
        sql: "SELECT r.id, r.state, r.order_id FROM refund r \
              LEFT JOIN job j ON j.kind = 'refund' AND j.subject = r.id \
              WHERE r.state IN ('planned', 'requested', 'pending') AND j.id IS NULL ORDER BY r.id",
    },
    Question {
        kind: "paper-missing",
        sentence: "{1} {2} of this order were sold or taken back, and no paper is due for them",
        sql: "SELECT l.order_id, CAST(-SUM(l.amount_minor) AS TEXT), l.currency FROM ledger l \
              WHERE l.order_id IS NOT NULL AND (l.account LIKE 'prepaid:%' \
                OR l.account = 'revenue' OR l.account LIKE 'tax:%' OR l.account = 'rounding') \
              AND NOT EXISTS (SELECT 1 FROM paper p WHERE p.cause = l.cause) \
              AND NOT EXISTS (SELECT 1 FROM paper_due d WHERE d.cause = l.cause) \
              GROUP BY l.cause, l.order_id, l.currency HAVING SUM(l.amount_minor) <> 0 \
              ORDER BY l.order_id",
    },
    Question {
        kind: "paper-not-as-booked",
        sentence: "this paper says other sums than its entry {1}",
        sql: "SELECT p.id, p.cause, NULL FROM (SELECT id, cause, net_minor, igst_minor, \
                cgst_minor, sgst_minor, rounding_minor, \
                CASE kind WHEN 'invoice' THEN -1 ELSE 1 END AS sign FROM paper) p LEFT JOIN (\
              SELECT cause, SUM(CASE WHEN account LIKE 'prepaid:%' OR account = 'revenue' \
                  THEN amount_minor ELSE 0 END) AS net, \
                SUM(CASE account WHEN 'tax:igst' THEN amount_minor ELSE 0 END) AS igst, \
                SUM(CASE account WHEN 'tax:cgst' THEN amount_minor ELSE 0 END) AS cgst, \
                SUM(CASE account WHEN 'tax:sgst' THEN amount_minor ELSE 0 END) AS sgst, \
                SUM(CASE account WHEN 'rounding' THEN amount_minor ELSE 0 END) AS rounding \
              FROM ledger GROUP BY cause) l ON l.cause = p.cause WHERE l.cause IS NULL \
              OR l.net <> sign * net_minor OR l.igst <> sign * igst_minor \
              OR l.cgst <> sign * cgst_minor OR l.sgst <> sign * sgst_minor \
              OR l.rounding <> sign * rounding_minor ORDER BY p.id",
    },
    Question {
        kind: "paper-number-missing",
        sentence: "{1} numbers of this series were given, and it has {2} papers",
        sql: "SELECT s.series, CAST(s.given AS TEXT), CAST(COALESCE(p.count, 0) AS TEXT) \
              FROM paper_series s LEFT JOIN (SELECT series, COUNT(*) AS count, \
                MIN(number) AS first, MAX(number) AS last FROM paper GROUP BY series) p \
              ON p.series = s.series WHERE COALESCE(p.count, 0) <> s.given OR p.first <> 1 \
              OR p.last <> s.given ORDER BY s.series",
    },
    Question {
        kind: "still-prepaid",
        sentence: "the order is {1} and {2} minor units of it are still prepaid",
        sql: "SELECT o.id, o.stage, CAST(-l.amount AS TEXT) FROM orders o JOIN (\
              SELECT order_id, SUM(amount_minor) AS amount FROM ledger \
              WHERE account LIKE 'prepaid:%' GROUP BY order_id) l ON l.order_id = o.id \
              WHERE l.amount <> 0 AND o.stage NOT IN ('planned', 'permitted', 'unheard', \
              'verifying', 'verified', 'on_hold', 'stopped') ORDER BY o.id",
    },
    Question {
        kind: "not-prepaid",
        sentence: "the order is {1} and no money of it is prepaid",
        sql: "SELECT o.id, o.stage, NULL FROM orders o WHERE o.replaces_id IS NULL \
              AND o.stage IN ('planned', 'permitted', 'unheard', 'verifying', 'verified', \
              'on_hold', 'stopped') AND o.total_minor > 0 AND (SELECT COALESCE(SUM(amount_minor), 0) \
              FROM ledger l WHERE l.order_id = o.id AND l.account LIKE 'prepaid:%') >= 0 \
              ORDER BY o.id",
    },
    Question {
        kind: "paid-and-forgotten",
        sentence: "{1} is paid and {2}, no job leads on, and it is on nobody's list",
        sql: "SELECT o.id, o.number, o.stage FROM orders o \
              WHERE o.stage IN ('planned', 'permitted', 'unheard', 'verifying', 'verified', \
              'on_hold', 'stopped', 'unrevived', 'refund_pending') \
              AND NOT EXISTS (SELECT 1 FROM attention a \
                WHERE a.order_id = o.id AND a.resolved_at IS NULL) \
              AND NOT EXISTS (SELECT 1 FROM job j \
                WHERE j.id = 'job_verify_' || o.server_id) \
              AND NOT EXISTS (SELECT 1 FROM job j \
                WHERE j.id IN ('job_purchase_' || o.attempt_id, 'job_classify_' || o.attempt_id)) \
              ORDER BY o.id",
    },
    Question {
        kind: "paid-without-a-time",
        sentence: "{1} is {2} and has no time of payment",
        sql: "SELECT id, number, stage FROM orders WHERE paid_at IS NULL AND stage NOT IN \
              ('unpaid', 'reservation_over', 'cancelled') ORDER BY id",
    },
    Question {
        kind: "slot-of-attempt",
        sentence: "the order is {1} and the attempt that it waits for is {2}",
        sql: "SELECT o.id, o.stage, a.state FROM orders o \
              LEFT JOIN attempt a ON a.id = o.attempt_id AND a.order_id = o.id \
              WHERE o.stage IN ('planned', 'permitted', 'unheard') \
              AND (a.id IS NULL OR a.state <> o.stage) ORDER BY o.id",
    },
    Question {
        kind: "slot-of-server",
        sentence: "the order is {1} and the server that it waits for is {2}",
        sql: "SELECT o.id, o.stage, s.state FROM orders o \
              LEFT JOIN server s ON s.id = o.server_id AND s.order_id = o.id \
              WHERE o.stage IN ('verifying', 'verified', 'on_hold') \
              AND (s.id IS NULL OR s.state <> o.stage) ORDER BY o.id",
    },
    Question {
        kind: "delivered-without-server",
        sentence: "{1} is delivered and its server is {2}",
        sql: "SELECT o.id, o.number, s.state FROM orders o \
              LEFT JOIN server s ON s.id = o.server_id AND s.order_id = o.id \
              WHERE o.stage = 'delivered' AND (s.id IS NULL OR s.state <> 'delivered') \
              ORDER BY o.id",
    },
    Question {
        kind: "replaced-without-server",
        sentence: "{1} replaces a server that is {2}",
        sql: "SELECT o.id, o.number, s.state FROM orders o \
              LEFT JOIN server s ON s.id = o.replaces_id AND s.order_id = o.id \
              WHERE o.replaces_id IS NOT NULL AND (s.id IS NULL OR s.state <> 'delivered') \
              ORDER BY o.id",
    },
    Question {
        kind: "attempt-without-slot",
        sentence: "it is {1}, and its order {2} does not wait for it",
        sql: "SELECT a.id, a.state, a.order_id FROM attempt a \
              LEFT JOIN orders o ON o.attempt_id = a.id AND o.id = a.order_id \
              WHERE a.state IN ('planned', 'permitted', 'unheard') AND o.id IS NULL ORDER BY a.id",
    },
    Question {
        kind: "server-without-slot",
        sentence: "it is {1}, and its order {2} does not wait for it",
        sql: "SELECT s.id, s.state, s.order_id FROM server s \
              LEFT JOIN orders o ON o.server_id = s.id AND o.id = s.order_id \
              WHERE s.state IN ('verifying', 'verified', 'on_hold') AND o.id IS NULL ORDER BY s.id",
    },
    Question {
        kind: "server-of-nobody",
        sentence: "{1} is delivered, and no order has it (it names {2})",
        sql: "SELECT s.id, s.address, s.order_id FROM server s \
              LEFT JOIN orders o ON o.id = s.order_id AND (o.server_id = s.id \
                OR o.replaces_id = s.id OR o.stage = 'terminated') \
              WHERE s.state = 'delivered' AND o.id IS NULL ORDER BY s.id",
    },
    Question {
        kind: "server-of-two",
        sentence: "both {1} and {2} have it",
        sql: "SELECT a.server_id, a.number, b.number FROM orders a \
              JOIN orders b ON b.replaces_id = a.server_id WHERE a.id <> b.id ORDER BY a.server_id",
    },
    Question {
        kind: "two-servers-delivered",
        sentence: "{1} servers are delivered to one order",
        sql: "SELECT order_id, CAST(COUNT(*) AS TEXT), NULL FROM server \
              WHERE state = 'delivered' AND order_id IS NOT NULL \
              GROUP BY order_id HAVING COUNT(*) > 1 ORDER BY order_id",
    },
    Question {
        kind: "answered-without-server",
        sentence: "the purchase for {1} was answered, and no server is in the books",
        sql: "SELECT a.id, a.order_id, NULL FROM attempt a \
              LEFT JOIN server s ON s.attempt_id = a.id \
              LEFT JOIN server t ON t.order_id = a.order_id AND t.adopted_by IS NOT NULL \
              WHERE a.state = 'answered' AND s.id IS NULL AND t.id IS NULL ORDER BY a.id",
    },
    Question {
        kind: "purchase-not-watched",
        sentence: "it is permitted for {1}, has no answer, and nobody waits for its deadline",
        sql: "SELECT a.id, a.order_id, NULL FROM attempt a \
              LEFT JOIN job j ON j.subject = a.id AND j.kind IN ('purchase', 'classify') \
              LEFT JOIN answer n ON n.permit = a.id \
              WHERE a.state = 'permitted' AND j.id IS NULL AND n.permit IS NULL ORDER BY a.id",
    },
    Question {
        kind: "answer-of-nothing",
        sentence: "this answer belongs to no purchase and no operation",
        sql: "SELECT n.permit, NULL, NULL FROM answer n \
              LEFT JOIN attempt a ON a.id = n.permit LEFT JOIN operation p ON p.id = n.permit \
              WHERE a.id IS NULL AND p.id IS NULL ORDER BY n.permit",
    },
];
