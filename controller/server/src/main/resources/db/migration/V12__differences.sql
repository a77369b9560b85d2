-- By which files of a release may be made of those of earlier ones; made behind it, by a job of its id.
CREATE TABLE differences (
  release TEXT PRIMARY KEY REFERENCES releases (id), state TEXT NOT NULL, progress REAL NOT NULL,
  found_json TEXT NOT NULL) STRICT;
