-- The language that a person chose to read, and to be written to in.
ALTER TABLE account ADD COLUMN language TEXT;
-- Since when nobody uses it any more: what its person was called is gone, what the books need stays.
ALTER TABLE account ADD COLUMN closed_at BIGINT;

-- Mails that are about no order, by whom they went to.
CREATE INDEX mail_by_email ON mail (email) WHERE order_id IS NULL;
