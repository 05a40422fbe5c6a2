//! The yardstick: the facts that six commits of a good order leave behind, written by hand into
//! the house's own tables. No rules, no reading, no upstream: nothing could do it with less.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::clock::Clock;
use domain::id::{AccountId, AttemptId, Chance, OrderId, PackageId, ProductId, ServerId};
use store::args;
use store::db::Value;

use berth::machine::Machine;

pub mod embedded;
pub mod server;
pub mod upsert;

/// The six commits, each the statements that it consists of.
pub const COMMITS: [&[&str]; 6] =
    [&ORDERED, &PAID, &PERMITTED, &ANSWERED, &ADDRESS_CHECKED, &DELIVERED];

const EVENT: &str = "INSERT INTO order_event (order_id, seq, at, kind, stage, cause, actor, data) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const JOB: &str = "INSERT INTO job (id, kind, subject, lane, run_at, owner, claim, claimed_until, \
     tries, created_at) VALUES ($1, $2, $3, $4, $5, 'node', 1, $6, 0, $5)";
const DONE: &str = "DELETE FROM job WHERE id = $1 AND claim = 1";
const LEDGER: &str = "INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
     amount_minor, currency) VALUES ($1, 0, $2, $1, $3, $4, $5, 'INR'), \
     ($1, 1, $2, $1, $3, $6, $7, 'INR')";
const MAIL: &str = "INSERT INTO mail (cause, kind, email, name, order_id, facts, state, again, \
     tries, created_at) VALUES ($1, $2, 'ada@example.org', 'Ada', $3, $4, 'waiting', 0, 0, $5)";
const STANDING: &str = "UPDATE orders SET version = version + 1, stage = $3, attempt_id = $4, \
     server_id = $5, paid_at = $6, delivered_at = $7, sold_until = $7 \
     WHERE id = $1 AND version = $2";

const ORDERED: [&str; 3] = [
    "INSERT INTO orders (id, number, account_id, version, stage, again, late, product_id, \
     product_name, provider, package_id, pid, package_name, cidrs, ram_gb, total_minor, currency, \
     days, package_now, amendments, created_at, reserved_until) VALUES ($1, $2, $3, 1, 'unpaid', \
     0, 0, $4, $5, 'smartvps', $6, $7, $8, '', 8, 99900, 'INR', 30, $6, 0, $9, $10)",
    EVENT,
    MAIL,
];
const PAID: [&str; 7] = [
    "INSERT INTO capture (gateway, gateway_payment, share, order_id, account_id, amount_minor, \
     currency, at, booked_as) VALUES ('bank', $1, 0, $2, '', 99900, 'INR', $3, 'paid')",
    LEDGER,
    EVENT,
    STANDING,
    "INSERT INTO attempt (id, order_id, state, provider, package_id, pid, package_name, ram_gb, \
     value_minor, currency, planned_at, tries) VALUES ($1, $2, 'planned', 'smartvps', $3, $4, $5, \
     8, 99900, 'INR', $6, 0)",
    JOB,
    MAIL,
];
const PERMITTED: [&str; 4] = [
    EVENT,
    STANDING,
    "UPDATE attempt SET state = 'permitted', nonce = $2, permitted_at = $3, deadline = $4, \
     tail_ends_at = $4, reading_number = 1, stock_seen = 100 WHERE id = $1",
    "UPDATE job SET claimed_until = $2 WHERE id = $1 AND claim = 1",
];
const ANSWERED: [&str; 3] = [
    "INSERT INTO answer (permit, number, kind, status, body, stored_at) \
     VALUES ($1, $2, 'http', 200, $3, $4)",
    JOB,
    DONE,
];
const ADDRESS_CHECKED: [&str; 6] = [
    "INSERT INTO server (id, provider, address, order_id, attempt_id, state, version, created_at, \
     value_minor, currency) VALUES ($1, 'smartvps', $2, $3, $4, 'verifying', 1, $5, 99900, 'INR')",
    "UPDATE attempt SET state = 'answered', settled_number = $2 WHERE id = $1",
    EVENT,
    STANDING,
    JOB,
    DONE,
];
const DELIVERED: [&str; 6] = [
    "UPDATE server SET state = 'delivered', version = version + 1, verdict = 'match', \
     verdict_at = $2, delivered_at = $2, ram_gb = 8, os_text = $3, expires_at = $4, \
     credentials = $5 WHERE id = $1 AND version = 1",
    "INSERT INTO order_event (order_id, seq, at, kind, stage, cause, actor, data) \
     VALUES ($1, 5, $2, 'matched', 'verified', $3, 'worker', $4), \
     ($1, 6, $2, 'delivered', 'delivered', $5, 'worker', $4)",
    STANDING,
    LEDGER,
    DONE,
    MAIL,
];

/// What the orders of one measurement share.
#[derive(Clone)]
pub struct Shop {
    pub account: String,
    products: Vec<(String, String, String)>,
}

impl Shop {
    pub fn new(packages: usize) -> Shop {
        let now = Machine.now();
        let product = |at: usize| {
            let package = PackageId::mint(now, &Machine).to_string();
            (ProductId::mint(now, &Machine).to_string(), package, format!("45.{at}"))
        };
        let account = AccountId::mint(now, &Machine).to_string();
        Shop { account, products: (1..=packages).map(product).collect() }
    }

    pub fn account_row(&self) -> (&'static str, Vec<Value>) {
        let sql = "INSERT INTO account (id, email, name, role, password_hash, created_at) \
             VALUES ($1, 'ada@example.org', 'Ada', 'customer', '', 0)";
        (sql, args![self.account.as_str()].to_vec())
    }
}

/// One order on its way.
pub struct Order {
    id: String,
    attempt: String,
    server: String,
    address: String,
    number: i64,
    nonce: String,
    account: String,
    product: (String, String, String),
}

impl Order {
    pub fn new(shop: &Shop) -> Order {
        static COUNT: AtomicI64 = AtomicI64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let now = Machine.now();
        let mut nonce = [0; 16];
        Machine.fill(&mut nonce);
        let at = usize::try_from(number).unwrap_or(0) % shop.products.len();
        Order {
            id: OrderId::mint(now, &Machine).to_string(),
            attempt: AttemptId::mint(now, &Machine).to_string(),
            server: ServerId::mint(now, &Machine).to_string(),
            address: format!("45.{}.{}.{}", number >> 16, (number >> 8) & 255, number & 255),
            number,
            nonce: format!("{:032x}", u128::from_be_bytes(nonce)),
            account: shop.account.clone(),
            product: shop.products[at].clone(),
        }
    }

    /// The values of one commit's statements, in their order.
    pub fn values(&self, commit: usize) -> Vec<Vec<Value>> {
        match commit {
            0 => self.ordered(),
            1 => self.paid(),
            2 => self.permitted(),
            3 => self.answered(),
            4 => self.address_checked(),
            _ => self.delivered(),
        }
    }

    fn event(&self, seq: i64, kind: &str, stage: &str) -> Vec<Value> {
        let cause = format!("{kind}:{}", self.attempt);
        let data = r#"{"claim":1,"reading":1,"stock":100}"#;
        args![self.id.as_str(), seq, Machine.now(), kind, stage, cause, "worker", data].to_vec()
    }

    fn job(&self, kind: &str, subject: &str) -> Vec<Value> {
        let id = format!("job_{kind}_{subject}");
        let (now, lane) = (Machine.now(), format!("{kind}:{}", self.product.1));
        let until = now.as_micros() + 30_000_000;
        args![id, kind, subject, lane, now, until].to_vec()
    }

    fn standing(
        &self,
        version: i64,
        stage: &str,
        slot: [Option<&str>; 2],
        done: bool,
    ) -> Vec<Value> {
        let now = Machine.now();
        let delivered = done.then_some(now);
        args![self.id.as_str(), version, stage, slot[0], slot[1], now, delivered].to_vec()
    }

    fn ledger(&self, cause: &str, from: &str, to: &str) -> Vec<Value> {
        let cause = format!("{cause}:{}", self.id);
        let now = Machine.now();
        args![cause, now, self.id.as_str(), from, 99_900_i64, to, -99_900_i64].to_vec()
    }

    fn mail(&self, seq: i64, kind: &str) -> Vec<Value> {
        let (id, now) = (self.id.as_str(), Machine.now());
        let facts = format!(
            "{{\"number\":\"ORD-{}\",\"product\":\"{}\",\"pid\":\"1001\",\"ram_gb\":8,\"os\":null,\
             \"days\":30,\"total_minor\":99900,\"currency\":\"INR\",\"reserved_until\":{},\
             \"sold_until\":null,\"server\":null,\"problem\":null,\"amount_minor\":null,\
             \"amount_currency\":null,\"deed\":null}}",
            &id[20..],
            self.product.2,
            now.as_micros(),
        );
        args![format!("{id}/{seq}"), kind, id, facts, now].to_vec()
    }

    fn ordered(&self) -> Vec<Vec<Value>> {
        let (product, package, name) = &self.product;
        let now = Machine.now();
        let order = args![
            self.id.as_str(),
            format!("ORD-{}", &self.id[20..]),
            self.account.as_str(),
            product,
            name,
            package,
            "1001",
            name,
            now,
            now.as_micros() + 900_000_000,
        ];
        vec![order.to_vec(), self.event(1, "ordered", "unpaid"), self.mail(1, "ordered")]
    }

    fn paid(&self) -> Vec<Vec<Value>> {
        let (_, package, name) = &self.product;
        let (now, id) = (Machine.now(), self.id.as_str());
        let attempt = self.attempt.as_str();
        vec![
            args![format!("utr-{id}"), id, now].to_vec(),
            self.ledger("received", "bank", &format!("prepaid:{id}")),
            self.event(2, "paid", "planned"),
            self.standing(1, "planned", [Some(attempt), None], false),
            args![attempt, id, package, "1001", name, now].to_vec(),
            self.job("purchase", attempt),
            self.mail(2, "paid"),
        ]
    }

    fn permitted(&self) -> Vec<Vec<Value>> {
        let (now, attempt) = (Machine.now(), self.attempt.as_str());
        let until = now.as_micros() + 180_000_000;
        vec![
            self.event(3, "permitted", "permitted"),
            self.standing(2, "permitted", [Some(attempt), None], false),
            args![attempt, self.nonce.as_str(), now, until].to_vec(),
            args![format!("job_purchase_{attempt}"), until].to_vec(),
        ]
    }

    fn answered(&self) -> Vec<Vec<Value>> {
        let attempt = self.attempt.as_str();
        let body = vec![7_u8; 120];
        vec![
            args![attempt, self.number, body, Machine.now()].to_vec(),
            self.job("classify", attempt),
            args![format!("job_purchase_{attempt}")].to_vec(),
        ]
    }

    fn address_checked(&self) -> Vec<Vec<Value>> {
        let (server, attempt) = (self.server.as_str(), self.attempt.as_str());
        let address = self.address.as_str();
        vec![
            args![server, address, self.id.as_str(), attempt, Machine.now()].to_vec(),
            args![attempt, self.number].to_vec(),
            self.event(4, "answered", "verifying"),
            self.standing(3, "verifying", [None, Some(server)], false),
            self.job("verify", server),
            args![format!("job_classify_{attempt}")].to_vec(),
        ]
    }

    fn delivered(&self) -> Vec<Vec<Value>> {
        let (now, server, id) = (Machine.now(), self.server.as_str(), self.id.as_str());
        let until = now.as_micros() + 2_592_000_000_000;
        let (one, two) = (format!("verdict:{server}:1"), format!("verdict:{server}:1+1"));
        let prepaid = format!("prepaid:{id}");
        vec![
            args![server, now, "Windows Server 2022", until, vec![7_u8; 100]].to_vec(),
            args![id, now, one, r#"{"claim":1}"#, two].to_vec(),
            self.standing(4, "delivered", [None, Some(server)], true),
            self.ledger("delivered", &prepaid, "revenue"),
            args![format!("job_verify_{server}")].to_vec(),
            self.mail(6, "delivered"),
        ]
    }
}
