-- Times are milliseconds since 1970, digests lower-case hex, columns ending in _json one JSON document.
CREATE TABLE models (
  name TEXT PRIMARY KEY, digest TEXT NOT NULL, bytes INTEGER NOT NULL, opset INTEGER NOT NULL,
  parameters INTEGER NOT NULL, inputs_json TEXT NOT NULL, outputs_json TEXT NOT NULL,
  files_json TEXT NOT NULL, created INTEGER NOT NULL) STRICT;

CREATE TABLE variants (
  model TEXT NOT NULL REFERENCES models(name), name TEXT NOT NULL, bytes INTEGER NOT NULL,
  psnr_db REAL, identical INTEGER NOT NULL, p50_ms REAL NOT NULL, entry TEXT NOT NULL,
  files_json TEXT NOT NULL, golden_json TEXT NOT NULL, PRIMARY KEY (model, name)) STRICT;

CREATE TABLE fits (
  id TEXT PRIMARY KEY, model TEXT NOT NULL, state TEXT NOT NULL, fit_json TEXT NOT NULL,
  created INTEGER NOT NULL) STRICT;

CREATE TABLE releases (
  id TEXT PRIMARY KEY, model TEXT NOT NULL, variant TEXT NOT NULL, sequence INTEGER NOT NULL,
  profiles_json TEXT NOT NULL, flash_bytes INTEGER NOT NULL, manifest_bytes INTEGER NOT NULL,
  files_json TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE (model, sequence)) STRICT;

CREATE TABLE devices (
  id TEXT PRIMARY KEY, instance TEXT NOT NULL, previous_instance TEXT NOT NULL DEFAULT '',
  online INTEGER NOT NULL, last_seen INTEGER NOT NULL, profile TEXT NOT NULL, facts_json TEXT NOT NULL,
  reported_desired INTEGER NOT NULL DEFAULT 0, refusal_json TEXT,
  resident_bytes INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX devices_by_profile ON devices (profile, id);

CREATE TABLE slots (
  device TEXT NOT NULL, model TEXT NOT NULL, state TEXT NOT NULL, slot_json TEXT NOT NULL,
  PRIMARY KEY (device, model)) STRICT;

CREATE TABLE desired (
  device TEXT PRIMARY KEY, sequence INTEGER NOT NULL, envelope BLOB NOT NULL) STRICT;

CREATE TABLE desired_slots (
  device TEXT NOT NULL, model TEXT NOT NULL, release TEXT NOT NULL, manifest_bytes INTEGER NOT NULL,
  PRIMARY KEY (device, model)) STRICT;
CREATE INDEX desired_slots_by_release ON desired_slots (release);

-- The last report of a kind that was applied; a report at or below it changes nothing.
CREATE TABLE cursors (
  device TEXT NOT NULL, instance TEXT NOT NULL, kind TEXT NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (device, instance, kind)) STRICT;

CREATE TABLE device_latency (
  device TEXT NOT NULL, model TEXT NOT NULL, variant TEXT NOT NULL, profile TEXT NOT NULL,
  sketch BLOB NOT NULL, cpu_seconds REAL NOT NULL, failures INTEGER NOT NULL,
  PRIMARY KEY (device, model, variant)) STRICT;

CREATE TABLE minute_latency (
  model TEXT NOT NULL, variant TEXT NOT NULL, profile TEXT NOT NULL, minute INTEGER NOT NULL,
  sketch BLOB NOT NULL, cpu_seconds REAL NOT NULL, failures INTEGER NOT NULL,
  PRIMARY KEY (model, variant, profile, minute)) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, device TEXT NOT NULL, model TEXT NOT NULL,
  kind TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL) STRICT;
