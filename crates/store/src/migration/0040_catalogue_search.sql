-- Names as staff look for them, folded: the embedded database reads them from here alone, and passes
-- over the rows.
DROP INDEX package_by_name;
CREATE INDEX package_by_name ON package (LOWER(name), pid, id);
CREATE INDEX product_by_letters ON product (LOWER(name), id);
