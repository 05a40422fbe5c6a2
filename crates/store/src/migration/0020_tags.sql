-- What staff call a product beside its name, with commas between.
ALTER TABLE product ADD COLUMN tags TEXT NOT NULL DEFAULT '';
