-- Why a device is asked to measure no more; until an operator clears it.
ALTER TABLE devices ADD COLUMN bench_quarantine TEXT;
