-- What customers have done to their servers: each is a chain of operations.
CREATE TABLE errand (
    id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES server (id),
    order_id TEXT NOT NULL,
    wish TEXT NOT NULL,
    -- The system that is to be there afterwards, where one is to be checked for.
    os TEXT,
    -- Another system may be chosen at the provider than the one that is installed.
    chooses_os BIGINT NOT NULL,
    -- The sign-in had passed its verdict when it was asked for.
    sign_in_stood BIGINT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('open', 'done', 'refused', 'not_sent', 'unknown', 'wrong')),
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- First seen wrong; counts when seen again a minute later.
    doubted_at BIGINT,
    ended_at BIGINT,
    detail TEXT
);
CREATE INDEX errand_by_server ON errand (server_id, asked_at);
CREATE UNIQUE INDEX errand_one_at_a_time ON errand (server_id) WHERE state = 'open';
ALTER TABLE operation ADD COLUMN errand_id TEXT;
-- Which request of its errand it is, from 0. No two are the same one.
ALTER TABLE operation ADD COLUMN step BIGINT;
CREATE UNIQUE INDEX operation_step ON operation (errand_id, step) WHERE errand_id IS NOT NULL;
-- What its provider last said of a server's power. Asked for when somebody looks.
CREATE TABLE power (
    server_id TEXT PRIMARY KEY REFERENCES server (id),
    state TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'busy', 'unknown')),
    asked_at BIGINT NOT NULL,
    -- Why it is not known.
    fault TEXT
);
