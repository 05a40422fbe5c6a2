-- A lane may be full of jobs that nobody can run now: whoever looks for others goes past it.
CREATE INDEX job_by_lane ON job (lane, run_at, id);
