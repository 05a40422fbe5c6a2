-- Purchases of unknown cost, to be booked when staff enter it.
CREATE INDEX attempt_without_cost ON attempt (package_id, ram_gb) WHERE cost_minor IS NULL;
