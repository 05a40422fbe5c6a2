-- One row per provider: its switches, and the newest reading that stock figures come from.
CREATE TABLE provider (
    id TEXT PRIMARY KEY,
    paused_at BIGINT,
    pause_reason TEXT,
    unheard_in_row BIGINT NOT NULL,
    -- The newest complete reading whose stock every package row of this provider shows.
    reading_number BIGINT NOT NULL,
    reading_requested_at BIGINT NOT NULL,
    reading_stored_at BIGINT NOT NULL,
    -- What the package rows are known to show, so that an equal answer needs no writing.
    reading_hash TEXT NOT NULL,
    -- The reading that is being written into package rows, set by set.
    writing_number BIGINT NOT NULL,
    -- The sync that is at work, and the newest one that finished: syncs alone set `available` and
    -- `listed_stock`.
    syncing_number BIGINT NOT NULL,
    sync_number BIGINT NOT NULL,
    sync_at BIGINT,
    -- Grows with every change of a package, product or price.
    catalogue_version BIGINT NOT NULL
);

-- One answer of a provider's list. Only the row of a reading is written when nothing changed.
CREATE TABLE reading (
    -- Drawn when the list was asked for.
    request_number BIGINT PRIMARY KEY,
    provider TEXT NOT NULL REFERENCES provider (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('sync', 'purchase')),
    requested_at BIGINT NOT NULL,
    -- Drawn when the answer was stored; none while asking, or when it failed.
    stored_number BIGINT,
    stored_at BIGINT,
    hash TEXT,
    rows BIGINT,
    failure TEXT,
    summary TEXT
);
CREATE INDEX reading_by_provider ON reading (provider, request_number);
CREATE INDEX reading_by_age ON reading (requested_at);
CREATE INDEX reading_by_hash ON reading (hash);

-- The bytes of readings, compressed; equal answers share one row.
CREATE TABLE reading_raw (
    hash TEXT PRIMARY KEY,
    raw {bytes} NOT NULL
);

CREATE TABLE package (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL REFERENCES provider (id),
    pid TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    active BIGINT NOT NULL,
    -- stock(R): by the newest reading, whoever asked.
    stock BIGINT NOT NULL,
    -- The last sync's number, compared with the limit for new orders.
    listed_stock BIGINT NOT NULL,
    -- The lowest warning level that was told and not yet left again.
    warned_at BIGINT,
    missing_since BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (provider, pid)
);

CREATE TABLE product (
    id TEXT PRIMARY KEY,
    package_id TEXT NOT NULL REFERENCES package (id),
    name TEXT NOT NULL,
    published BIGINT NOT NULL,
    available BIGINT NOT NULL,
    -- Why it is held off sale until a person decides: brake, two_names, two_rows, other_block.
    held TEXT,
    name_confirmed BIGINT NOT NULL,
    cidrs TEXT NOT NULL,
    note TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX product_by_package ON product (package_id);
CREATE INDEX product_by_name ON product (name, id);

CREATE TABLE price (
    product_id TEXT NOT NULL REFERENCES product (id),
    ram_gb BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    cost_minor BIGINT,
    currency TEXT NOT NULL,
    PRIMARY KEY (product_id, ram_gb)
);
