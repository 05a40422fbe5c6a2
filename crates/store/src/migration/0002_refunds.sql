-- Money that goes back: one row per movement to be, written before its gateway is asked.
CREATE TABLE refund (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    -- What came in, and is given back wholly or in part.
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('planned', 'requested', 'pending', 'by_hand', 'done', 'paid_by_hand', 'failed')),
    note TEXT NOT NULL,
    -- How often its gateway was asked to pay, and how often it has certainly refused.
    requests BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    gateway_refund TEXT,
    -- Of staff's own payment: counts once.
    reference TEXT,
    reason TEXT,
    planned_at BIGINT NOT NULL,
    requested_at BIGINT,
    ended_at BIGINT,
    FOREIGN KEY (gateway, gateway_payment) REFERENCES capture (gateway, gateway_payment)
);
CREATE INDEX refund_by_order ON refund (order_id);
CREATE INDEX refund_by_capture ON refund (gateway, gateway_payment);
CREATE UNIQUE INDEX refund_by_reference ON refund (reference) WHERE reference IS NOT NULL;

-- Some webhooks name a payment by its gateway's order alone.
CREATE INDEX payment_by_gateway_order ON payment (gateway, gateway_order)
    WHERE gateway_order IS NOT NULL;
