-- Money that a payer's bank takes back, or has tried to.
CREATE TABLE dispute (
    gateway TEXT NOT NULL,
    id TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    gateway_payment TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    opened_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (gateway, id),
    FOREIGN KEY (gateway, gateway_payment) REFERENCES capture (gateway, gateway_payment)
);
CREATE INDEX dispute_by_order ON dispute (order_id);
CREATE INDEX dispute_by_capture ON dispute (gateway, gateway_payment);
