-- Answers to questions that take long, as a worker counted them last. Nothing else relies on them:
-- whatever is lost here is counted again.
CREATE TABLE report (
    -- What was asked: its kind and what it is about.
    id TEXT PRIMARY KEY,
    -- When somebody last asked for it, to the day.
    asked_at BIGINT NOT NULL,
    -- The moment that the answer is of, and how long counting took.
    counted_at BIGINT,
    took BIGINT,
    -- What a page shows of it, and all of it.
    summary TEXT,
    whole TEXT,
    -- The last count that came to nothing, and why.
    failed_at BIGINT,
    fault TEXT
);
CREATE INDEX report_by_asked ON report (asked_at);
