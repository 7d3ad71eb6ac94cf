-- What health checks found, the last ones of each environment, and those that wait for a worker.
create table health_checks (
  health_check_id text primary key,
  tenant_id text not null references tenants,
  environment_id text not null references environments,
  -- The run whose end it was; null = asked for, or by the schedule.
  run_id text references runs,
  trigger text not null check (trigger in ('run', 'request', 'schedule')),
  -- Null = Terrace itself.
  requested_by text,
  -- Rises with each claim: what an older claim found is refused.
  attempt integer not null default 0,
  overall text check (overall in ('healthy', 'degraded', 'unhealthy')),
  components jsonb not null default '{}',
  -- Why nothing could be found out.
  error text,
  requested_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create unique index health_checks_one_open on health_checks (environment_id) where finished_at is null;
create index health_checks_page on health_checks (environment_id, health_check_id desc);

create function notify_health() returns trigger language plpgsql as $$
begin
  perform pg_notify('terrace_health', '');
  return null;
end $$;
create trigger health_check_requested after insert on health_checks for each row
  when (new.finished_at is null) execute function notify_health();

grant select, insert on health_checks to terrace_api;
alter table health_checks enable row level security;
create policy of_one_tenant on health_checks to terrace_api
  using (tenant_id = (select terrace_tenant()))
  with check (tenant_id = (select terrace_tenant())
    and exists (select 1 from environments e where e.environment_id = health_checks.environment_id));

-- How long the parts of bringing an environment up took, each against its budget.
alter table runs add column phases jsonb not null default '[]';
