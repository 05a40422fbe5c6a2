-- Entries of the ledger that sold something or took it back and have no paper yet. Written with
-- the entry, so that none is forgotten.
CREATE TABLE paper_due (
    cause TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    at BIGINT NOT NULL
);
CREATE INDEX paper_due_by_time ON paper_due (at, cause);
INSERT INTO paper_due (cause, order_id, at)
    SELECT cause, order_id, MIN(at) FROM ledger WHERE order_id IS NOT NULL
    AND (account LIKE 'prepaid:%' OR account = 'revenue' OR account LIKE 'tax:%'
         OR account = 'rounding')
    GROUP BY cause, order_id HAVING SUM(amount_minor) <> 0;

-- How many papers of a series there are.
CREATE TABLE paper_series (
    series TEXT PRIMARY KEY,
    given BIGINT NOT NULL
);

-- Tax invoices and credit notes: one per entry of the ledger, never changed.
CREATE TABLE paper (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    series TEXT NOT NULL,
    number BIGINT NOT NULL,
    cause TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL REFERENCES orders (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    -- Of the entry, and of the number.
    at BIGINT NOT NULL,
    numbered_at BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    igst_minor BIGINT NOT NULL,
    cgst_minor BIGINT NOT NULL,
    sgst_minor BIGINT NOT NULL,
    rounding_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- JSON: who sold, who bought, the lines.
    content TEXT NOT NULL,
    UNIQUE (series, number)
);
CREATE INDEX paper_by_order ON paper (order_id, at);
CREATE INDEX paper_by_account ON paper (account_id, at, id);
CREATE INDEX paper_by_time ON paper (at, id);

-- Whose money came in and went back: a statement asks by it.
ALTER TABLE capture ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
UPDATE capture SET account_id =
    (SELECT account_id FROM orders WHERE orders.id = capture.order_id);
CREATE INDEX capture_by_account ON capture (account_id, at);
ALTER TABLE refund ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
UPDATE refund SET account_id = (SELECT account_id FROM orders WHERE orders.id = refund.order_id);
CREATE INDEX refund_by_account ON refund (account_id, ended_at);
