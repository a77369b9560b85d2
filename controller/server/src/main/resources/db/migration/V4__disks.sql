ALTER TABLE devices ADD COLUMN store_json TEXT;
