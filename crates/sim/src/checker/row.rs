//! The shop's tables as plain rows, each column once: the one list that both readers follow.
//! Not for the shop's own types: an order here is what its row says, right or wrong.

/// One value as a database gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// A kind that no table of the shop has.
    Odd(&'static str),
}

impl Cell {
    fn kind(&self) -> &'static str {
        match self {
            Cell::Null => "nothing",
            Cell::Int(_) => "a number",
            Cell::Text(_) => "a text",
            Cell::Bytes(_) => "bytes",
            Cell::Odd(kind) => kind,
        }
    }
}

/// What a column of a row may be.
trait Column: Sized {
    const WANTED: &'static str;
    fn of(cell: Cell) -> Result<Self, &'static str>;
}

macro_rules! columns {
    ($($type:ty, $cell:ident, $wanted:literal;)*) => {$(
        impl Column for $type {
            const WANTED: &'static str = $wanted;
            fn of(cell: Cell) -> Result<Self, &'static str> {
                match cell {
                    Cell::$cell(value) => Ok(value),
                    other => Err(other.kind()),
                }
            }
        }
    )*};
}

columns! {
    i64, Int, "a number";
    String, Text, "a text";
    Vec<u8>, Bytes, "bytes";
}

impl<T: Column> Column for Option<T> {
    const WANTED: &'static str = T::WANTED;
    fn of(cell: Cell) -> Result<Self, &'static str> {
        match cell {
            Cell::Null => Ok(None),
            other => T::of(other).map(Some),
        }
    }
}

/// One row of one table.
trait Row: Sized {
    fn of(cells: Vec<Cell>) -> Result<Self, String>;
}

macro_rules! tables {
    ($($(#[$doc:meta])* $list:ident: $row:ident = $table:literal by $order:literal {
        $($field:ident: $type:ty),* $(,)?
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $row { $(pub $field: $type),* }

            impl Row for $row {
                fn of(cells: Vec<Cell>) -> Result<$row, String> {
                    let mut cells = cells.into_iter();
                    Ok($row { $($field: column(&mut cells, $table, stringify!($field))?),* })
                }
            }
        )*

        /// All that the checker reads of a shop's database, as it was at one moment.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Snapshot {
            $(pub $list: Vec<$row>,)*
            /// Rows that hold what no row of the shop may hold.
            pub unreadable: Vec<String>,
        }

        /// One question per table, in the order in which `assembled` takes the answers.
        pub(super) const QUESTIONS: &[&str] = &[$(concat!(
            "SELECT ", $(stringify!($field), ", ",)* "1 FROM ", $table, " ORDER BY ", $order
        )),*];

        /// Puts the answers together. A row that cannot be read is told, never left out unseen.
        pub(super) fn assembled(answers: Vec<Vec<Vec<Cell>>>) -> Snapshot {
            let mut snapshot = Snapshot::default();
            let mut answers = answers.into_iter();
            $(
                for cells in answers.next().unwrap_or_default() {
                    match $row::of(cells) {
                        Ok(row) => snapshot.$list.push(row),
                        Err(why) => snapshot.unreadable.push(why),
                    }
                }
            )*
            snapshot
        }
    };
}

fn column<T: Column>(
    cells: &mut std::vec::IntoIter<Cell>,
    table: &str,
    name: &str,
) -> Result<T, String> {
    let cell = cells.next().unwrap_or(Cell::Odd("no column"));
    T::of(cell).map_err(|found| {
        format!("a row of {table} should hold {} in {name} and holds {found}", T::WANTED)
    })
}

tables! {
    accounts: AccountRow = "account" by "id" { id: String, role: String }
    second_factors: SecondFactorRow = "second_factor" by "account_id" {
        account_id: String, secret: Option<Vec<u8>>,
    }
    providers: ProviderRow = "provider" by "id" {
        id: String, paused_at: Option<i64>, reading_number: i64, reading_requested_at: i64,
        reading_stored_at: i64, sync_number: i64,
    }
    by_hand: ByHandRow = "by_hand" by "provider_id" { provider_id: String, due_within: i64 }
    readings: ReadingRow = "reading" by "request_number" {
        request_number: i64, provider: String, purpose: String, requested_at: i64,
        stored_number: Option<i64>, stored_at: Option<i64>, rows: Option<i64>,
        failure: Option<String>, summary: Option<String>,
    }
    packages: PackageRow = "package" by "id" {
        id: String, provider: String, pid: String, name: String, stock: i64,
        missing_since: Option<i64>, unlimited: i64, days: i64,
    }
    products: ProductRow = "product" by "id" {
        id: String, package_id: String, name: String, published: i64, available: i64,
        held: Option<String>, created_at: i64, changed_at: i64,
    }
    prices: PriceRow = "price" by "product_id, ram_gb" {
        product_id: String, ram_gb: i64, price_minor: i64, setup_minor: i64, currency: String,
    }
    orders: OrderRow = "orders" by "id" {
        id: String, number: String, account_id: String, version: i64, stage: String,
        attempt_id: Option<String>, server_id: Option<String>, stop: Option<String>,
        replaces_id: Option<String>, product_id: String, product_name: String, provider: String,
        package_id: String, pid: String, package_name: String, cidrs: String, ram_gb: i64,
        os: Option<String>, total_minor: i64, currency: String, cost_minor: Option<i64>,
        days: i64, package_now: String, amendments: i64, created_at: i64, reserved_until: i64,
        paid_at: Option<i64>, delivered_at: Option<i64>, error: Option<String>,
        public_error: Option<String>, price_minor: i64, setup_minor: i64, discount_minor: i64,
        coupon: Option<String>, tax_rate: i64, tax_mode: String, tax_kind: String,
        tax_minor: i64, rounding_minor: i64,
    }
    coupons: CouponRow = "coupon" by "code" {
        code: String, kind: String, value: i64, uses_max: Option<i64>,
        uses_each_max: Option<i64>, version: i64, account_id: Option<String>,
    }
    amendments: AmendmentRow = "amendment" by "order_id, id" {
        id: i64, order_id: String, at: i64, actor: String, reason: String,
        consent: Option<String>, product_name: String, provider: String, package_id: String,
        pid: String, package_name: String, cidrs: String, ram_gb: i64, os: Option<String>,
        back_minor: i64,
    }
    events: EventRow = "order_event" by "order_id, seq" {
        order_id: String, seq: i64, at: i64, kind: String, stage: String, cause: String,
        actor: String, data: String,
    }
    attempts: AttemptRow = "attempt" by "id" {
        id: String, order_id: String, state: String, provider: String, package_id: String,
        pid: String, package_name: String, ram_gb: i64, cost_minor: Option<i64>,
        value_minor: i64, currency: String, planned_at: i64, permitted_at: Option<i64>,
        deadline: Option<i64>, tail_ends_at: Option<i64>, reading_number: Option<i64>,
        stock_seen: Option<i64>, settled_number: Option<i64>, went_unheard_at: Option<i64>,
    }
    answers: AnswerRow = "answer" by "permit" {
        permit: String, number: i64, kind: String, status: Option<i64>, body: Option<Vec<u8>>,
        reason: Option<String>, stored_at: i64,
    }
    servers: ServerRow = "server" by "id" {
        id: String, provider: String, address: String, order_id: Option<String>,
        attempt_id: Option<String>, state: String, version: i64, adopted_by: Option<String>,
        created_at: i64, verdict: Option<String>, verdict_why: Option<String>,
        verdict_at: Option<i64>, delivered_at: Option<i64>, ram_gb: Option<i64>,
        os: Option<String>, os_text: Option<String>, os_wanted: Option<String>,
        credentials: Option<Vec<u8>>, cost_minor: Option<i64>, value_minor: i64,
        currency: String, quarantined_at: Option<i64>, reason: Option<String>,
    }
    operations: OperationRow = "operation" by "id" {
        id: String, server_id: String, errand_id: Option<String>, kind: String, state: String,
        permitted_at: Option<i64>, tail_ends_at: Option<i64>, detail: Option<String>,
    }
    errands: ErrandRow = "errand" by "id" {
        id: String, server_id: String, order_id: String, wish: String, os: Option<String>,
        state: String, asked_by: String, asked_at: i64, ended_at: Option<i64>,
        detail: Option<String>,
    }
    payments: PaymentRow = "payment" by "id" {
        id: String, order_id: Option<String>, account_id: Option<String>,
        checkout_id: Option<String>, gateway: String, state: String, amount_minor: i64,
        currency: String, gateway_order: Option<String>, created_at: i64, reason: Option<String>,
    }
    checkout_orders: CheckoutOrderRow = "checkout_order" by "checkout_id, line" {
        checkout_id: String, line: i64, order_id: String,
    }
    shares: ShareRow = "payment_share" by "payment_id, share" {
        payment_id: String, share: i64, order_id: String, amount_minor: i64,
    }
    captures: CaptureRow = "capture" by "gateway, gateway_payment, share" {
        gateway: String, gateway_payment: String, share: i64, payment_id: Option<String>,
        order_id: String, amount_minor: i64, currency: String, at: i64, booked_as: String,
    }
    refunds: RefundRow = "refund" by "id" {
        id: String, order_id: String, gateway: String, gateway_payment: String,
        amount_minor: i64, currency: String, state: String, reference: Option<String>,
        planned_at: i64, requested_at: Option<i64>, ended_at: Option<i64>, to_wallet: i64,
    }
    wallets: WalletRow = "wallet" by "account_id, currency" {
        account_id: String, currency: String, balance_minor: i64,
    }
    wallet_entries: WalletEntryRow = "wallet_entry" by "id" {
        id: i64, account_id: String, kind: String, cause: String, order_id: Option<String>,
        amount_minor: i64, currency: String, balance_minor: i64,
    }
    top_ups: TopUpRow = "top_up" by "gateway, gateway_payment" {
        gateway: String, gateway_payment: String, payment_id: String, account_id: String,
        amount_minor: i64, currency: String,
    }
    disputes: DisputeRow = "dispute" by "gateway, id, order_id" {
        gateway: String, id: String, order_id: String, gateway_payment: String,
        amount_minor: i64, currency: String, state: String,
    }
    top_up_disputes: TopUpDisputeRow = "top_up_dispute" by "gateway, id" {
        gateway: String, id: String, gateway_payment: String, account_id: String,
        amount_minor: i64, currency: String, state: String,
    }
    webhooks: WebhookRow = "webhook" by "gateway, event" {
        gateway: String, event: String, payment_id: String, received_at: i64,
        asked_at: Option<i64>,
    }
    ledger: LedgerRow = "ledger" by "id" {
        id: i64, transaction_id: String, line: i64, at: i64, cause: String,
        order_id: Option<String>, account: String, amount_minor: i64, currency: String,
    }
    papers: PaperRow = "paper" by "series, number" {
        id: String, kind: String, series: String, number: i64, cause: String, order_id: String,
        account_id: String, at: i64, numbered_at: i64, net_minor: i64, igst_minor: i64,
        cgst_minor: i64, sgst_minor: i64, rounding_minor: i64, currency: String, content: String,
    }
    papers_due: PaperDueRow = "paper_due" by "cause" { cause: String, order_id: String, at: i64 }
    paper_series: PaperSeriesRow = "paper_series" by "series" { series: String, given: i64 }
    requests: RequestRow = "idempotency" by "account_id, route, idempotency_key" {
        account_id: String, route: String, idempotency_key: String, effect: Option<String>,
        status: Option<i64>, body: Option<Vec<u8>>, secret: i64,
    }
    audit: AuditRow = "audit" by "id" {
        id: i64, at: i64, actor: String, action: String, subject: String, detail: String,
    }
    settings: SettingRow = "setting" by "name" { name: String, value: String }
    jobs: JobRow = "job" by "id" {
        id: String, kind: String, subject: String, run_at: i64, owner: Option<String>,
        claim: i64, claimed_until: Option<i64>, note: Option<String>,
    }
    attention: AttentionRow = "attention" by "id" {
        id: i64, order_id: String, why: String, since: i64, due_at: i64,
        resolved_at: Option<i64>,
    }
    mails: MailRow = "mail" by "id" {
        id: i64, cause: String, kind: String, order_id: Option<String>, facts: String,
        state: String, error: Option<String>, subject: Option<String>, body: Option<String>,
        html: Option<String>,
    }
    alerts: AlertRow = "alert" by "id" {
        id: i64, kind: String, subject: String, at: i64, text: String,
        resolved_at: Option<i64>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_cannot_be_read_is_told_and_not_lost() {
        let good = vec![Cell::Text("acc_1".into()), Cell::Text("customer".into()), Cell::Int(1)];
        let odd = vec![Cell::Text("acc_2".into()), Cell::Int(7), Cell::Int(1)];
        let snapshot = assembled(vec![vec![good, odd, vec![]]]);
        assert_eq!(snapshot.accounts.len(), 1);
        assert_eq!(
            snapshot.unreadable,
            [
                "a row of account should hold a text in role and holds a number",
                "a row of account should hold a text in id and holds no column"
            ]
        );
    }
}
