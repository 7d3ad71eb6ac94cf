-- Drift: what was changed beside Terrace. Checks are runs that stand in nobody's way. And former states put back.

-- Null = as often as the setting says; 0 = never.
alter table environments add column drift_check_hours integer check (drift_check_hours >= 0);
-- What counts as no drift: [{address, attributes}], both with * for any part.
alter table environments add column drift_ignore jsonb not null default '[]';
-- The former state that a person put back: until the next apply.
alter table environments add column state_restored jsonb;

drop index runs_one_active;
create unique index runs_one_active on runs (environment_id) where finished_at is null and kind <> 'drift_check';
create unique index runs_one_drift_check on runs (environment_id) where finished_at is null and kind = 'drift_check';
create index runs_drift_checks on runs (environment_id, run_id desc) where kind = 'drift_check';

-- A version is written by a run, or put back by a person.
alter table state_versions
  alter column run_id drop not null,
  alter column epoch drop not null,
  add column restored_from bigint,
  add column restored_by text,
  add column restore_reason text,
  add constraint state_written_by_one check (
    (run_id is not null and epoch is not null and restored_from is null and restored_by is null)
    or (run_id is null and epoch is null and restored_from is not null and restored_by is not null
        and restore_reason is not null)
  );
grant insert on state_versions to terrace_api;
