-- Those who sell to us and have no API: what they sell is entered by staff, and so is each server.
-- The row in `provider` beside it has their switches, as everybody's.
CREATE TABLE by_hand (
    provider_id TEXT PRIMARY KEY REFERENCES provider (id),
    name TEXT NOT NULL,
    -- So soon after payment a person is to have delivered.
    due_within BIGINT NOT NULL,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Staff may say that there is no end of a package that they deliver by hand.
ALTER TABLE package ADD COLUMN unlimited BIGINT NOT NULL DEFAULT 0;
-- So many days one server of it is sold for.
ALTER TABLE package ADD COLUMN days BIGINT NOT NULL DEFAULT 30;

-- An address is live once, whoever sold it: what a person enters may be another provider's.
DROP INDEX server_live;
CREATE UNIQUE INDEX server_live ON server (address)
    WHERE state IN ('verifying', 'on_hold', 'verified', 'delivered', 'quarantined');

-- What a person enters is an answer, too. No database widens a check in place on both sides, so
-- the rows move into a table that allows one kind more.
CREATE TABLE answer_of_all (
    permit TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('http', 'not_sent', 'lost', 'hand')),
    status BIGINT,
    body {bytes},
    reason TEXT,
    stored_at BIGINT NOT NULL
);
INSERT INTO answer_of_all (permit, number, kind, status, body, reason, stored_at)
    SELECT permit, number, kind, status, body, reason, stored_at FROM answer;
DROP TABLE answer;
ALTER TABLE answer_of_all RENAME TO answer;
