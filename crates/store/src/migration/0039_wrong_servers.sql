-- Servers that were something else than was sold are few among many: whoever investigates looks
-- for them by time, and their ids are in the order of time.
CREATE INDEX server_wrong ON server (id) WHERE verdict = 'mismatch';
