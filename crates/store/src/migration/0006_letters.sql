-- Since when mail is known to reach the person of an account; null: the address is what somebody
-- typed. Staff were given theirs by the shop.
ALTER TABLE account ADD COLUMN verified_at BIGINT;
UPDATE account SET verified_at = created_at WHERE role <> 'customer';
-- An address that another account holds already. Its own `email` is then its id, which nobody can
-- type, until mail proves whose the address is.
ALTER TABLE account ADD COLUMN claim TEXT;
CREATE INDEX account_by_claim ON account (claim, id);

-- What somebody holds for a short time to do one thing once: kept as the hash of its token.
CREATE TABLE ticket (
    token_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'sign-in')),
    account_id TEXT NOT NULL REFERENCES account (id),
    -- The address that it was sent to.
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ticket_by_account ON ticket (account_id, purpose);
CREATE INDEX ticket_by_end ON ticket (expires_at);
