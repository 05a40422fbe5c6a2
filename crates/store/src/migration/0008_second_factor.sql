-- Since when a second factor is asked for; null: it is not.
ALTER TABLE account ADD COLUMN second_factor_at BIGINT;

CREATE TABLE second_factor (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    -- Sealed with the master key.
    secret {bytes} NOT NULL,
    -- The newest step whose code was used: no code is good twice.
    used_step BIGINT NOT NULL
);

-- Ways in without the device: each good once, kept as a hash.
CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (id),
    code_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);
