-- Keys are base64 of DER; nonces lower-case hex.
ALTER TABLE devices ADD COLUMN key TEXT;
ALTER TABLE devices ADD COLUMN offered_key TEXT;
ALTER TABLE desired ADD COLUMN nonce TEXT;

-- The last statement of a device on a model, judged by what was asked and served when it came.
CREATE TABLE attestations (
  device TEXT NOT NULL, model TEXT NOT NULL, release TEXT NOT NULL, nonce TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, envelope TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (device, model)) STRICT;
