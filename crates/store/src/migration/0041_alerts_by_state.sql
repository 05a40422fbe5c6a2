-- Alerts as staff read them: what is open newest first, then what is over by when it ended, of all
-- kinds or of one. What is open of one kind has its index already.
CREATE INDEX alert_open_newest ON alert (at, id) WHERE resolved_at IS NULL;
CREATE INDEX alert_over_newest ON alert (resolved_at, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX alert_over_of_kind ON alert (kind, resolved_at, id);
