-- When its gateway began to be asked about what a webhook is news of. Nothing: nobody has seen it
-- yet. Whoever keeps it writes one row and no job, so that a crowd of them is on the disk soon.
ALTER TABLE webhook ADD COLUMN asked_at BIGINT;
UPDATE webhook SET asked_at = received_at;

CREATE INDEX webhook_not_asked ON webhook (gateway, received_at) WHERE asked_at IS NULL;
