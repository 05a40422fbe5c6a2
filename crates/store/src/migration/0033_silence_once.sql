-- Of one trouble, or of a kind of them, there is one silence: the newest word counts.
CREATE UNIQUE INDEX silence_once ON silence (kind, COALESCE(subject, ''));
