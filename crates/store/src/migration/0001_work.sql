CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Jobs of one lane may hold each other up; lanes never hold up other lanes.
    lane TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    owner TEXT,
    claim BIGINT NOT NULL,
    claimed_until BIGINT,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    note TEXT,
    UNIQUE (kind, subject)
);
CREATE INDEX job_by_time ON job (run_at, id);

CREATE TABLE attention (
    id {serial},
    order_id TEXT NOT NULL REFERENCES orders (id),
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    owner TEXT,
    resolved_at BIGINT
);
CREATE UNIQUE INDEX attention_open ON attention (order_id, why) WHERE resolved_at IS NULL;
CREATE INDEX attention_by_due ON attention (resolved_at, due_at);

CREATE TABLE alert (
    id {serial},
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    resolved_at BIGINT
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE resolved_at IS NULL;

-- Whose turn it was last: work that one node at a time does, and not more often than needed.
CREATE TABLE turn (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
