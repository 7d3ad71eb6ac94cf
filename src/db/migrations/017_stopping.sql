-- Stops that are forced, attempts, ends of environments, breakers of accounts.

alter table runs add column force_cancel_requested_at timestamptz;
alter table runs add column force_cancel_requested_by text;
-- What was tried and failed in passing, with how long was waited before the next attempt.
alter table runs add column attempts jsonb not null default '[]';

-- The worker that holds the run hears it as `<run id> kill`.
create function notify_force_cancel() returns trigger language plpgsql as $$
begin
  perform pg_notify('terrace_cancel', new.run_id || ' kill');
  return null;
end $$;
create trigger force_cancel_requested after update of force_cancel_requested_at on runs for each row
  when (new.force_cancel_requested_at is not null and old.force_cancel_requested_at is null)
  execute function notify_force_cancel();

-- How far the end of an environment has come: the last notice, or what became of it.
alter table environments add column expiry_step text check (expiry_step in ('24h', '12h', '30min', 'protected', 'asked'));
create index environments_expiring on environments (expires_at) where expires_at is not null and status <> 'destroyed';

-- An account whose cloud fails again and again in one region is left alone for a while.
create table circuit_breakers (
  account_id text not null references accounts,
  region text not null,
  tenant_id text not null references tenants,
  -- In a row; a success makes it 0.
  failures integer not null default 0,
  times_opened integer not null default 0,
  open_until timestamptz,
  -- The one run that may try once `open_until` is over.
  trial_run_id text references runs,
  last_error text,
  last_failure_at timestamptz,
  primary key (account_id, region)
);
grant select on circuit_breakers to terrace_api;
alter table circuit_breakers enable row level security;
create policy of_one_tenant on circuit_breakers to terrace_api
  using (tenant_id = (select terrace_tenant()));
