-- What came into a wallet stands in the statement of account, by its time.
CREATE INDEX wallet_entry_by_time ON wallet_entry (account_id, at);
