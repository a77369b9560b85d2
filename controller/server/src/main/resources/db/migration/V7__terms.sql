-- On which terms a device may fetch the release.
ALTER TABLE desired_slots ADD COLUMN terms_json TEXT NOT NULL DEFAULT '{}';
