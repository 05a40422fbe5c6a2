-- A session in which one of staff sees the shop as a customer, and until when.
ALTER TABLE session ADD COLUMN acts_for TEXT REFERENCES account (id);
ALTER TABLE session ADD COLUMN acts_until BIGINT;
