-- Paid once, beside the price.
ALTER TABLE price ADD COLUMN setup_minor BIGINT NOT NULL DEFAULT 0;

-- Of what an order's total is made. Written once, with the order.
ALTER TABLE orders ADD COLUMN price_minor BIGINT NOT NULL DEFAULT 0;
UPDATE orders SET price_minor = total_minor;
ALTER TABLE orders ADD COLUMN setup_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN coupon TEXT;
ALTER TABLE orders ADD COLUMN tax_rate BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN tax_mode TEXT NOT NULL DEFAULT 'exclusive';
ALTER TABLE orders ADD COLUMN tax_kind TEXT NOT NULL DEFAULT 'none';
ALTER TABLE orders ADD COLUMN tax_place TEXT;
ALTER TABLE orders ADD COLUMN tax_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN rounding_minor BIGINT NOT NULL DEFAULT 0;
-- How often a coupon was used is a question about the orders that it was used for.
CREATE INDEX orders_by_coupon ON orders (coupon, account_id) WHERE coupon IS NOT NULL;

CREATE TABLE coupon (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount', 'free')),
    -- Whole per cent, or minor units of `currency`.
    value BIGINT NOT NULL,
    currency TEXT,
    starts_at BIGINT,
    ends_at BIGINT,
    uses_max BIGINT,
    uses_each_max BIGINT,
    -- Ids with spaces between; empty: all.
    products TEXT NOT NULL,
    stopped BIGINT NOT NULL,
    note TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Who invoices are from and for: `shop`, or a customer's account.
CREATE TABLE party (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    postcode TEXT NOT NULL,
    -- `IN-27`, or a country.
    place TEXT NOT NULL,
    gstin TEXT,
    changed_at BIGINT NOT NULL
);
