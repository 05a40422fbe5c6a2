-- What people are told by mail: one row per cause, written by the transaction that it tells of.
CREATE TABLE mail (
    id {serial},
    cause TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    order_id TEXT REFERENCES orders (id),
    -- What it tells, as it was then; never a secret. The words are found when it leaves.
    facts TEXT NOT NULL,
    -- 'waiting' has no job yet, 'queued' has one.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'sent', 'refused')),
    -- How often staff had it sent again: another one is another mail to those who receive it.
    again BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    -- As it left.
    subject TEXT,
    body TEXT,
    html TEXT
);
CREATE INDEX mail_by_state ON mail (state, id);
CREATE INDEX mail_by_order ON mail (order_id, id);

-- When staff were told of it by mail.
ALTER TABLE alert ADD COLUMN mailed_at BIGINT;
