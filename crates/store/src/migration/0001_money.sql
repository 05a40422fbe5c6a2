CREATE TABLE payment (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    gateway TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'captured', 'failed')),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    gateway_order TEXT,
    pay_url TEXT,
    created_at BIGINT NOT NULL,
    polled_at BIGINT,
    reason TEXT
);
CREATE INDEX payment_by_order ON payment (order_id);
CREATE INDEX payment_by_state ON payment (state, created_at);

-- Money that came in, once per movement at the gateway.
CREATE TABLE capture (
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    payment_id TEXT,
    order_id TEXT NOT NULL REFERENCES orders (id),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- What it did: paid the order, or is owed, and why.
    booked_as TEXT NOT NULL,
    PRIMARY KEY (gateway, gateway_payment)
);
CREATE INDEX capture_by_order ON capture (order_id);

-- Genuine webhooks as they came. A reason to ask the gateway, nothing more.
CREATE TABLE webhook (
    gateway TEXT NOT NULL,
    event TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    body {bytes} NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (gateway, event)
);

-- Append-only: the rows of one transaction sum to zero; debits are positive.
CREATE TABLE ledger (
    id {serial},
    transaction_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    at BIGINT NOT NULL,
    cause TEXT NOT NULL,
    order_id TEXT,
    account TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    UNIQUE (cause, line)
);
CREATE INDEX ledger_by_order ON ledger (order_id, id);
CREATE INDEX ledger_by_account ON ledger (account, currency);
