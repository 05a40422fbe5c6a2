-- A payer's bank takes back what came in for a wallet.
CREATE TABLE top_up_dispute (
    gateway TEXT NOT NULL,
    -- The gateway's number of it, or the bank's.
    id TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    opened_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (gateway, id),
    FOREIGN KEY (gateway, gateway_payment) REFERENCES top_up (gateway, gateway_payment)
);
CREATE INDEX top_up_dispute_by_account ON top_up_dispute (account_id);
