-- One row for what is measured where: digests are of the files' digests.
CREATE TABLE benches (
  id TEXT PRIMARY KEY, digest TEXT NOT NULL, reference TEXT NOT NULL, profile TEXT NOT NULL,
  runtime TEXT NOT NULL, state TEXT NOT NULL, bench_json TEXT NOT NULL, created INTEGER NOT NULL,
  UNIQUE (digest, reference, profile, runtime)) STRICT;

-- The last number that a bench job was signed with.
CREATE TABLE bench_sequence (last INTEGER NOT NULL) STRICT;
INSERT INTO bench_sequence VALUES (0);

ALTER TABLE fits ADD COLUMN page TEXT NOT NULL DEFAULT '';
