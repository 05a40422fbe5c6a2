CREATE TABLE account (
    id TEXT PRIMARY KEY,
    -- Folded to small letters, so that one person has one account.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('customer', 'support', 'admin')),
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX session_by_account ON session (account_id, id);
CREATE INDEX session_by_end ON session (expires_at);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    key_hash TEXT NOT NULL UNIQUE,
    -- The first letters of the key, by which its owner knows it again.
    hint TEXT NOT NULL,
    -- Words with spaces between; empty: all powers of the account.
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_key_by_account ON api_key (account_id, id);

CREATE TABLE idempotency (
    account_id TEXT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    -- Who is at it: changes with every takeover, so that a late worker cannot answer.
    claim TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    -- What the request has already brought about, written with it in one transaction.
    effect TEXT,
    status BIGINT,
    content_type TEXT,
    body {bytes},
    secret BIGINT NOT NULL CHECK (secret IN (0, 1)),
    started_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, route, idempotency_key),
    CHECK (secret = 0 OR body IS NULL)
);
CREATE INDEX idempotency_by_age ON idempotency (started_at);

CREATE TABLE audit (
    id {serial},
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, id);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL
);
