-- What is on its way to staff's chats and webhooks: one row per notice and target until it is taken
-- there, or given up on.
CREATE TABLE notice (
    id {serial},
    -- A digest of where it goes; the address itself stands in the settings alone.
    target TEXT NOT NULL,
    news TEXT NOT NULL CHECK (news IN ('raised', 'over')),
    -- What it tells, as it was then.
    facts TEXT NOT NULL,
    tries BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX notice_by_target ON notice (target, id);

-- When its beginning and its end were made notices.
ALTER TABLE alert ADD COLUMN noticed_at BIGINT;
ALTER TABLE alert ADD COLUMN over_noticed_at BIGINT;
CREATE INDEX alert_not_noticed ON alert (id) WHERE resolved_at IS NULL AND noticed_at IS NULL;
CREATE INDEX alert_over_not_noticed ON alert (id)
    WHERE resolved_at IS NOT NULL AND noticed_at IS NOT NULL AND over_noticed_at IS NULL;

-- Troubles of which staff are told nothing for a time.
CREATE TABLE silence (
    id {serial},
    kind TEXT NOT NULL,
    -- Nothing: whatever it is about.
    subject TEXT,
    until BIGINT NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL
);
CREATE INDEX silence_by_end ON silence (until);
