-- What fits learned of the times of a profile's devices, by version of ONNX Runtime.
CREATE TABLE costs (
  profile    TEXT NOT NULL,
  runtime    TEXT NOT NULL,
  model_json TEXT NOT NULL,
  PRIMARY KEY (profile, runtime)
);
