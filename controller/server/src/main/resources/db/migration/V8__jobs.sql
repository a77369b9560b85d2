-- The table of db-scheduler; its times are those of job_clock.
CREATE TABLE scheduled_tasks (
  task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BLOB NOT NULL,
  execution_time INTEGER NOT NULL, picked INTEGER NOT NULL, picked_by TEXT, last_success INTEGER,
  last_failure INTEGER, consecutive_failures INTEGER, last_heartbeat INTEGER,
  version INTEGER NOT NULL, priority INTEGER, PRIMARY KEY (task_name, task_instance)) STRICT;
CREATE INDEX scheduled_tasks_by_time ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_by_heartbeat ON scheduled_tasks (last_heartbeat);

-- The time that all processes on this file agree on: it never goes back, whatever the clock on the wall does.
CREATE TABLE job_clock (millis INTEGER NOT NULL) STRICT;
INSERT INTO job_clock VALUES (unixepoch() * 1000);

ALTER TABLE fits RENAME COLUMN fit_json TO run_json;
ALTER TABLE compressions RENAME COLUMN compression_json TO run_json;

-- Until now a run ended with its process.
UPDATE fits SET state = 'FAILED', run_json = json_set(run_json, '$.state', 'failed', '$.doing', 'failed', '$.problem',
  json('{"code":"STAGE_TIMED_OUT","detail":"the controller was stopped during the fit; start it again"}'))
  WHERE state = 'RUNNING';
UPDATE compressions SET state = 'FAILED', run_json = json_set(run_json, '$.state', 'failed', '$.doing', 'failed', '$.problem',
  json('{"code":"STAGE_TIMED_OUT","detail":"the controller was stopped during the compression; start it again"}'))
  WHERE state = 'RUNNING';
