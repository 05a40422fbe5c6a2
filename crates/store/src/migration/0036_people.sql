-- Customers as staff look for them: newest first, and by the first letters of an address or a name,
-- compared letter by letter wherever the database would have an order of its own.
CREATE INDEX account_by_role ON account (role, id);
CREATE INDEX account_by_letters ON account (email{bytewise});
CREATE INDEX account_by_name ON account (LOWER(name){bytewise});
-- What staff write about somebody, for each other.
CREATE TABLE account_note (
    id {serial},
    account_id TEXT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX account_note_by_account ON account_note (account_id, id);
-- The newest mails to somebody, those about their orders among them.
CREATE INDEX mail_by_receiver ON mail (email, id);
-- Who did what, by whoever did it, by what they did, by what it was done to, and by when.
DROP INDEX audit_by_subject;
CREATE INDEX audit_by_subject ON audit (subject, at, id);
CREATE INDEX audit_by_actor ON audit (actor, at, id);
CREATE INDEX audit_by_action ON audit (action, at, id);
CREATE INDEX audit_by_time ON audit (at, id);
