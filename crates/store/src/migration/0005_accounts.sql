-- From where a browser signed in, and when its person last proved who they are. Sessions from
-- before count as proven when they began.
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
UPDATE session SET proved_at = created_at;
