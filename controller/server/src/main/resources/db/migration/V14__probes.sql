-- A probe is a bench that is about one device; of the others any device of the profile will do.
CREATE TABLE benches_of_devices (
  id TEXT PRIMARY KEY, digest TEXT NOT NULL, reference TEXT NOT NULL, profile TEXT NOT NULL,
  runtime TEXT NOT NULL, only_device TEXT NOT NULL DEFAULT '', state TEXT NOT NULL,
  bench_json TEXT NOT NULL, created INTEGER NOT NULL,
  UNIQUE (digest, reference, profile, runtime, only_device)) STRICT;
INSERT INTO benches_of_devices (id, digest, reference, profile, runtime, state, bench_json, created)
  SELECT id, digest, reference, profile, runtime, state, bench_json, created FROM benches ORDER BY created, rowid;
DROP TABLE benches;
ALTER TABLE benches_of_devices RENAME TO benches;
CREATE INDEX benches_by_device ON benches (only_device);
CREATE INDEX benches_by_state ON benches (state, created);
