CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    version BIGINT NOT NULL,

    -- Where it stands. `attempt_id` or `server_id` is the slot: the one thing it waits for.
    stage TEXT NOT NULL,
    attempt_id TEXT UNIQUE,
    server_id TEXT UNIQUE,
    stop TEXT,
    replaces_id TEXT,
    again BIGINT NOT NULL,
    late BIGINT NOT NULL,

    -- What was sold. Written once.
    product_id TEXT NOT NULL,
    product_name TEXT NOT NULL,
    provider TEXT NOT NULL,
    package_id TEXT NOT NULL,
    pid TEXT NOT NULL,
    package_name TEXT NOT NULL,
    cidrs TEXT NOT NULL,
    ram_gb BIGINT NOT NULL,
    os TEXT,
    total_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    cost_minor BIGINT,
    days BIGINT NOT NULL,

    -- The package of the terms in force, for the stock formula; and how many amendments there are.
    package_now TEXT NOT NULL,
    amendments BIGINT NOT NULL,

    created_at BIGINT NOT NULL,
    reserved_until BIGINT NOT NULL,
    paid_at BIGINT,
    delivered_at BIGINT,
    sold_until BIGINT,
    -- For staff, with everything; and what the customer may read.
    error TEXT,
    public_error TEXT,
    offered_at BIGINT,
    CHECK (attempt_id IS NULL OR server_id IS NULL)
);
CREATE INDEX orders_by_package ON orders (package_now, stage);
CREATE INDEX orders_by_account ON orders (account_id, created_at, id);
CREATE INDEX orders_by_time ON orders (created_at, id);
-- Few orders stand anywhere but at their end; of the delivered ones those whose term is over are
-- asked for again and again.
CREATE INDEX orders_by_stage ON orders (stage, sold_until);

-- Append-only: what staff agreed to change, and with whose consent.
CREATE TABLE amendment (
    id {serial},
    order_id TEXT NOT NULL REFERENCES orders (id),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    consent TEXT,
    product_name TEXT NOT NULL,
    provider TEXT NOT NULL,
    package_id TEXT NOT NULL,
    pid TEXT NOT NULL,
    package_name TEXT NOT NULL,
    cidrs TEXT NOT NULL,
    ram_gb BIGINT NOT NULL,
    os TEXT
);
CREATE INDEX amendment_by_order ON amendment (order_id, id);

-- Append-only: what happened.
CREATE TABLE order_event (
    order_id TEXT NOT NULL REFERENCES orders (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    cause TEXT NOT NULL,
    actor TEXT NOT NULL,
    -- Claim, reading and permit numbers and other facts; never a secret.
    data TEXT NOT NULL,
    PRIMARY KEY (order_id, seq),
    UNIQUE (order_id, cause)
);

CREATE TABLE attempt (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    state TEXT NOT NULL,
    provider TEXT NOT NULL,
    package_id TEXT NOT NULL,
    pid TEXT NOT NULL,
    -- The name it buys by: today's, once permitted.
    package_name TEXT NOT NULL,
    ram_gb BIGINT NOT NULL,
    cost_minor BIGINT,
    value_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    planned_at BIGINT NOT NULL,
    -- Failed connects and transient refusals so far, of three.
    tries BIGINT NOT NULL,
    nonce TEXT,
    permitted_at BIGINT,
    deadline BIGINT,
    tail_ends_at BIGINT,
    -- Evidence of the permit: the reading and the stock it showed.
    reading_number BIGINT,
    stock_seen BIGINT,
    -- The number of its answer or adoption, in the sequence that orders readings.
    settled_number BIGINT,
    went_unheard_at BIGINT
);
CREATE INDEX attempt_by_order ON attempt (order_id);
CREATE INDEX attempt_by_package ON attempt (package_id, state, settled_number);
-- Of a million that bought only those that did not are ever looked for by their state.
CREATE INDEX attempt_by_state ON attempt (state, id) WHERE state <> 'answered';

-- One row per permit, never changed: the bytes that came back, sealed, before they are understood.
CREATE TABLE answer (
    permit TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('http', 'not_sent', 'lost')),
    status BIGINT,
    body {bytes},
    reason TEXT,
    stored_at BIGINT NOT NULL
);

CREATE TABLE server (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    address TEXT NOT NULL,
    order_id TEXT,
    attempt_id TEXT,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- Who named it, where no answer did.
    adopted_by TEXT,
    created_at BIGINT NOT NULL,
    verdict TEXT,
    verdict_why TEXT,
    verdict_at BIGINT,
    -- First seen wrong by `status`; counts when seen again a minute later.
    doubted_at BIGINT,
    delivered_at BIGINT,
    expires_at BIGINT,
    expires_text TEXT,
    ram_gb BIGINT,
    os TEXT,
    os_text TEXT,
    -- The operating system last asked for.
    os_wanted TEXT,
    credentials {bytes},
    -- Of the password before the last reinstall: no verdict passes until it differs.
    password_before TEXT,
    cost_minor BIGINT,
    value_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    quarantined_at BIGINT,
    reason TEXT
);
CREATE UNIQUE INDEX server_live ON server (provider, address)
    WHERE state IN ('verifying', 'on_hold', 'verified', 'delivered', 'quarantined');
CREATE INDEX server_by_address ON server (provider, address);
CREATE INDEX server_by_order ON server (order_id);
CREATE INDEX server_by_state ON server (state, id);
CREATE INDEX server_by_end ON server (state, expires_at)
    WHERE state IN ('delivered', 'quarantined');

CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES server (id),
    kind TEXT NOT NULL,
    os TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('planned', 'permitted', 'done', 'refused', 'not_sent', 'unheard')),
    asked_by TEXT NOT NULL,
    planned_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    nonce TEXT,
    permitted_at BIGINT,
    deadline BIGINT,
    tail_ends_at BIGINT,
    ended_at BIGINT,
    detail TEXT
);
CREATE INDEX operation_by_server ON operation (server_id, planned_at);
CREATE UNIQUE INDEX operation_one_at_a_time ON operation (server_id)
    WHERE state IN ('planned', 'permitted');
