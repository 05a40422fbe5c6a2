-- A cart that became orders.
CREATE TABLE checkout (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX checkout_by_account ON checkout (account_id, id);

CREATE TABLE checkout_order (
    checkout_id TEXT NOT NULL REFERENCES checkout (id),
    line BIGINT NOT NULL,
    order_id TEXT NOT NULL UNIQUE REFERENCES orders (id),
    PRIMARY KEY (checkout_id, line)
);

-- A payment is for an order, for a wallet, or for what is unpaid of a checkout.
ALTER TABLE payment RENAME TO payment_before;
CREATE TABLE payment (
    id TEXT PRIMARY KEY,
    order_id TEXT REFERENCES orders (id),
    -- Whose wallet.
    account_id TEXT REFERENCES account (id),
    checkout_id TEXT REFERENCES checkout (id),
    gateway TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'captured', 'failed')),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    gateway_order TEXT,
    pay_url TEXT,
    created_at BIGINT NOT NULL,
    polled_at BIGINT,
    reason TEXT,
    CHECK (CASE WHEN order_id IS NULL THEN 0 ELSE 1 END
        + CASE WHEN account_id IS NULL THEN 0 ELSE 1 END
        + CASE WHEN checkout_id IS NULL THEN 0 ELSE 1 END = 1)
);
INSERT INTO payment (id, order_id, account_id, gateway, state, amount_minor, currency,
    gateway_order, pay_url, created_at, polled_at, reason)
    SELECT id, order_id, account_id, gateway, state, amount_minor, currency, gateway_order,
        pay_url, created_at, polled_at, reason FROM payment_before;
DROP TABLE payment_before;
CREATE INDEX payment_by_order ON payment (order_id);
CREATE INDEX payment_by_account ON payment (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX payment_by_checkout ON payment (checkout_id, id) WHERE checkout_id IS NOT NULL;
CREATE INDEX payment_by_state ON payment (state, created_at);
-- Some webhooks name a payment by its gateway's order alone.
CREATE INDEX payment_by_gateway_order ON payment (gateway, gateway_order)
    WHERE gateway_order IS NOT NULL;

-- Which order gets how much of a checkout's payment. Written with it; they sum to its amount.
CREATE TABLE payment_share (
    payment_id TEXT NOT NULL REFERENCES payment (id),
    -- Counted from zero, in the order of the checkout's lines.
    share BIGINT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
    PRIMARY KEY (payment_id, share),
    UNIQUE (payment_id, order_id)
);
CREATE INDEX payment_share_by_order ON payment_share (order_id);

-- One movement at a gateway can be captured for several orders, each its share. Every movement
-- has a share zero, so that one that was booked is booked for nothing else.
ALTER TABLE refund RENAME TO refund_before;
ALTER TABLE dispute RENAME TO dispute_before;
ALTER TABLE capture RENAME TO capture_before;
CREATE TABLE capture (
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    share BIGINT NOT NULL,
    payment_id TEXT,
    order_id TEXT NOT NULL REFERENCES orders (id),
    account_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- What it did: paid the order, or is owed, and why.
    booked_as TEXT NOT NULL,
    PRIMARY KEY (gateway, gateway_payment, order_id),
    UNIQUE (gateway, gateway_payment, share)
);
INSERT INTO capture (gateway, gateway_payment, share, payment_id, order_id, account_id,
    amount_minor, currency, at, booked_as)
    SELECT gateway, gateway_payment, 0, payment_id, order_id, account_id, amount_minor, currency,
        at, booked_as FROM capture_before;

CREATE TABLE refund (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    account_id TEXT NOT NULL,
    -- What came in for the order, and is given back wholly or in part.
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('planned', 'requested', 'pending', 'by_hand', 'done', 'paid_by_hand', 'failed')),
    note TEXT NOT NULL,
    -- How often its gateway was asked to pay, and how often it has certainly refused.
    requests BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    gateway_refund TEXT,
    -- Of staff's own payment: counts once.
    reference TEXT,
    reason TEXT,
    planned_at BIGINT NOT NULL,
    requested_at BIGINT,
    ended_at BIGINT,
    -- Money that goes back into the customer's wallet, and not by its gateway.
    to_wallet BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (gateway, gateway_payment, order_id)
        REFERENCES capture (gateway, gateway_payment, order_id)
);
INSERT INTO refund (id, order_id, account_id, gateway, gateway_payment, amount_minor, currency,
    state, note, requests, refusals, gateway_refund, reference, reason, planned_at, requested_at,
    ended_at, to_wallet)
    SELECT id, order_id, account_id, gateway, gateway_payment, amount_minor, currency, state, note,
        requests, refusals, gateway_refund, reference, reason, planned_at, requested_at, ended_at,
        to_wallet FROM refund_before;

-- What a dispute takes is laid on the orders that its movement was captured for.
CREATE TABLE dispute (
    gateway TEXT NOT NULL,
    id TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    gateway_payment TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    opened_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (gateway, id, order_id),
    FOREIGN KEY (gateway, gateway_payment, order_id)
        REFERENCES capture (gateway, gateway_payment, order_id)
);
INSERT INTO dispute (gateway, id, order_id, gateway_payment, amount_minor, currency, state,
    opened_at, ended_at)
    SELECT gateway, id, order_id, gateway_payment, amount_minor, currency, state, opened_at,
        ended_at FROM dispute_before;

DROP TABLE refund_before;
DROP TABLE dispute_before;
DROP TABLE capture_before;
CREATE INDEX capture_by_order ON capture (order_id);
CREATE INDEX capture_by_account ON capture (account_id, at);
CREATE INDEX refund_by_order ON refund (order_id);
CREATE INDEX refund_by_account ON refund (account_id, ended_at);
CREATE INDEX refund_by_capture ON refund (gateway, gateway_payment, order_id);
CREATE UNIQUE INDEX refund_by_reference ON refund (reference) WHERE reference IS NOT NULL;
CREATE INDEX dispute_by_order ON dispute (order_id);
CREATE INDEX dispute_by_capture ON dispute (gateway, gateway_payment);
