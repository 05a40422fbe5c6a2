-- Orders as staff look for them: newest first, of one stage, of one package, or of both.
DROP INDEX orders_by_payment;
CREATE INDEX orders_by_stage_and_time ON orders (stage, created_at, id);
DROP INDEX orders_by_package;
CREATE INDEX orders_by_package ON orders (package_now, stage, created_at, id);
CREATE INDEX orders_by_package_and_time ON orders (package_now, created_at, id);
-- What names an order without saying whose it is: an address, the number at a provider, or at a
-- gateway.
DROP INDEX server_by_address;
CREATE INDEX server_by_address ON server (address, provider);
CREATE INDEX package_by_pid ON package (pid);
CREATE INDEX package_by_name ON package (LOWER(name));
CREATE INDEX capture_by_movement ON capture (gateway_payment);
DROP INDEX payment_by_gateway_order;
CREATE INDEX payment_by_gateway_order ON payment (gateway_order, gateway)
    WHERE gateway_order IS NOT NULL;
CREATE INDEX refund_by_gateway_refund ON refund (gateway_refund) WHERE gateway_refund IS NOT NULL;
