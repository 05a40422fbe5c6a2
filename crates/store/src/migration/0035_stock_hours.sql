-- How many there were of a package, by the hour. Only hours in which that changed have a row.
CREATE TABLE stock_hour (
    package_id TEXT NOT NULL REFERENCES package (id),
    -- Its beginning.
    hour BIGINT NOT NULL,
    -- Before its first change, the least and the most of it, and after its last change.
    opening BIGINT NOT NULL,
    lowest BIGINT NOT NULL,
    highest BIGINT NOT NULL,
    latest BIGINT NOT NULL,
    PRIMARY KEY (package_id, hour)
);
CREATE INDEX stock_hour_by_age ON stock_hour (hour);

-- What staff note about a product, for themselves.
ALTER TABLE product ADD COLUMN remark TEXT NOT NULL DEFAULT '';

-- What staff look for in the catalogue, and is rare.
CREATE INDEX product_held ON product (name, id) WHERE held IS NOT NULL;
CREATE INDEX product_unpublished ON product (name, id) WHERE published = 0;
CREATE INDEX package_missing ON package (id) WHERE missing_since IS NOT NULL;
CREATE INDEX package_low ON package (id) WHERE warned_at IS NOT NULL;
-- When a gateway was last heard of.
CREATE INDEX webhook_by_gateway ON webhook (gateway, received_at);
