-- A job's id is its kind and its subject: a second index over the two told nothing more, and every
-- write of a job paid for it.
ALTER TABLE job RENAME TO job_before;
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Jobs of one lane may hold each other up; lanes never hold up other lanes.
    lane TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    owner TEXT,
    claim BIGINT NOT NULL,
    claimed_until BIGINT,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    note TEXT
);
INSERT INTO job (id, kind, subject, lane, run_at, owner, claim, claimed_until, tries, created_at,
    note)
    SELECT id, kind, subject, lane, run_at, owner, claim, claimed_until, tries, created_at, note
    FROM job_before;
DROP TABLE job_before;
CREATE INDEX job_by_time ON job (run_at, id);
-- A lane may be full of jobs that nobody can run now: whoever looks for others goes past it.
CREATE INDEX job_by_lane ON job (lane, run_at, id);
