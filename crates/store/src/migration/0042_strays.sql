-- Servers that were given up. Of a million servers these are few, and whoever permits a purchase asks
-- what they cost: by their state alone the embedded database read all servers for that.
CREATE INDEX server_stray ON server (quarantined_at) WHERE quarantined_at IS NOT NULL;
