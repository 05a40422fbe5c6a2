-- What a customer keeps with us, in each currency. One conditional write takes from it.
CREATE TABLE wallet (
    account_id TEXT NOT NULL REFERENCES account (id),
    currency TEXT NOT NULL,
    balance_minor BIGINT NOT NULL CHECK (balance_minor >= 0),
    PRIMARY KEY (account_id, currency)
);

-- Append-only: each movement of a wallet, as its owner reads it.
CREATE TABLE wallet_entry (
    id {serial},
    account_id TEXT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('top_up', 'draw', 'back', 'gift')),
    -- Of its entry in the ledger.
    cause TEXT NOT NULL UNIQUE,
    order_id TEXT REFERENCES orders (id),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- After it.
    balance_minor BIGINT NOT NULL CHECK (balance_minor >= 0),
    -- In words meant for the customer.
    note TEXT NOT NULL
);
CREATE INDEX wallet_entry_by_account ON wallet_entry (account_id, id);

-- Money that came in for a wallet, once per movement at its gateway.
CREATE TABLE top_up (
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (gateway, gateway_payment)
);
CREATE INDEX top_up_by_payment ON top_up (payment_id);

-- A payment is for an order or for a wallet.
ALTER TABLE payment RENAME TO payment_before;
CREATE TABLE payment (
    id TEXT PRIMARY KEY,
    order_id TEXT REFERENCES orders (id),
    -- Whose wallet.
    account_id TEXT REFERENCES account (id),
    gateway TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'captured', 'failed')),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    gateway_order TEXT,
    pay_url TEXT,
    created_at BIGINT NOT NULL,
    polled_at BIGINT,
    reason TEXT,
    CHECK ((order_id IS NULL) <> (account_id IS NULL))
);
INSERT INTO payment (id, order_id, gateway, state, amount_minor, currency, gateway_order, pay_url,
    created_at, polled_at, reason)
    SELECT id, order_id, gateway, state, amount_minor, currency, gateway_order, pay_url,
        created_at, polled_at, reason FROM payment_before;
DROP TABLE payment_before;
CREATE INDEX payment_by_order ON payment (order_id);
CREATE INDEX payment_by_account ON payment (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX payment_by_state ON payment (state, created_at);
-- Some webhooks name a payment by its gateway's order alone.
CREATE INDEX payment_by_gateway_order ON payment (gateway, gateway_order)
    WHERE gateway_order IS NOT NULL;

-- Money that goes back into the customer's wallet, and not by its gateway.
ALTER TABLE refund ADD COLUMN to_wallet BIGINT NOT NULL DEFAULT 0;
