-- The orders of one stage in the order in which staff list them: by payment, the newest first.
CREATE INDEX orders_by_payment ON orders (stage, paid_at, id);
