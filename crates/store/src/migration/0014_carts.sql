-- What somebody means to order: one cart for each customer, and one for each visitor with its token.
CREATE TABLE cart (
    id TEXT PRIMARY KEY,
    account_id TEXT UNIQUE REFERENCES account (id),
    -- What is kept of a visitor's cookie.
    token_hash TEXT UNIQUE,
    -- A visitor's ends when nothing was put into it for a while.
    expires_at BIGINT,
    CHECK ((account_id IS NULL) <> (token_hash IS NULL)),
    CHECK ((token_hash IS NULL) = (expires_at IS NULL))
);
CREATE INDEX cart_by_end ON cart (expires_at) WHERE expires_at IS NOT NULL;

-- No price: what a line costs is asked anew whenever somebody looks.
CREATE TABLE cart_line (
    id TEXT PRIMARY KEY,
    cart_id TEXT NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    product_id TEXT NOT NULL REFERENCES product (id),
    ram_gb BIGINT NOT NULL,
    -- Both empty where none was chosen, so that the same choice is one line.
    os TEXT NOT NULL,
    coupon TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    UNIQUE (cart_id, product_id, ram_gb, os, coupon)
);
