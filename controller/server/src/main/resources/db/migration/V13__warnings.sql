-- What a device's operator should see to, as its last report says.
ALTER TABLE devices ADD COLUMN warnings_json TEXT NOT NULL DEFAULT '{"items":[]}';
