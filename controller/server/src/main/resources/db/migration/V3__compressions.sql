CREATE TABLE compressions (
  id TEXT PRIMARY KEY, model TEXT NOT NULL, state TEXT NOT NULL, compression_json TEXT NOT NULL,
  created INTEGER NOT NULL) STRICT;
