-- Where a coupon was given to one customer: to whom, and to make good for which order.
ALTER TABLE coupon ADD COLUMN account_id TEXT REFERENCES account (id);
ALTER TABLE coupon ADD COLUMN order_id TEXT REFERENCES orders (id);

-- What went back with an amendment because it costs less, tax included.
ALTER TABLE amendment ADD COLUMN back_minor BIGINT NOT NULL DEFAULT 0;

-- Profit is asked for by the month.
CREATE INDEX ledger_by_time ON ledger (at);
