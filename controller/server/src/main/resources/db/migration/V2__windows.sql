-- Minutes are since 1970.
CREATE TABLE device_minute_latency (
  device TEXT NOT NULL, model TEXT NOT NULL, variant TEXT NOT NULL, profile TEXT NOT NULL,
  minute INTEGER NOT NULL, sketch BLOB NOT NULL, cpu_seconds REAL NOT NULL, failures INTEGER NOT NULL,
  PRIMARY KEY (device, model, variant, minute)) STRICT;
CREATE INDEX device_minute_latency_by_minute ON device_minute_latency (minute);
CREATE INDEX minute_latency_by_minute ON minute_latency (minute);

ALTER TABLE cursors ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
UPDATE cursors SET seen = unixepoch() * 1000;
