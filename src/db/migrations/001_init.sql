-- The truth of Terrace. Names are those of docs/glossary.md. Times are timestamptz, read and written in UTC.

create table tenants (
  tenant_id text primary key,
  name text not null,
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{0,29}$'),
  status text not null default 'active' check (status in ('active', 'suspended', 'offboarded')),
  max_environments integer check (max_environments >= 0),
  created_at timestamptz not null default now()
);

create table accounts (
  account_id text primary key,
  tenant_id text not null references tenants,
  name text not null,
  provider text not null check (provider in ('aws', 'sandbox')),
  cloud_account_id text not null check (cloud_account_id ~ '^[0-9]{12}$'),
  regions text[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);

create table tokens (
  token_id text primary key,
  name text not null,
  token_hash text not null unique,
  role text not null check (role in ('viewer', 'operator', 'approver', 'admin')),
  tenant_id text references tenants,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

create table environments (
  environment_id text primary key,
  tenant_id text not null references tenants,
  account_id text not null references accounts,
  name text not null,
  region text not null,
  blueprint text not null,
  review text not null check (review in ('required', 'auto')),
  rollback_on_failure boolean not null,
  deletion_protection boolean not null,
  ttl_hours integer check (ttl_hours > 0),
  expires_at timestamptz,
  labels jsonb not null default '{}',
  revision integer not null,
  status text not null,
  settled_status text not null,
  health jsonb,
  drift jsonb,
  outputs jsonb not null default '{}',
  secret_outputs bytea,
  error jsonb,
  current_run_id text,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  destroyed_at timestamptz
);
create unique index environments_live_name on environments (tenant_id, name) where status <> 'destroyed';
create index environments_page on environments (tenant_id, environment_id desc);

create table revisions (
  environment_id text not null references environments,
  number integer not null,
  blueprint text not null,
  spec jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (environment_id, number)
);

-- Secrets the engine makes for an environment (database password, cache token, variables marked secret): encrypted.
create table environment_secrets (
  environment_id text not null references environments,
  name text not null,
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (environment_id, name)
);

create table runs (
  run_id text primary key,
  environment_id text not null references environments,
  tenant_id text not null references tenants,
  account_id text not null references accounts,
  kind text not null check (kind in ('create', 'update', 'rollback', 'destroy', 'drift_check')),
  status text not null,
  revision integer not null,
  review text not null check (review in ('required', 'auto')),
  requested_by text not null,
  correlation_id text not null,
  lease_epoch bigint not null default 0,
  lease_owner text,
  lease_expires_at timestamptz,
  interruptions integer not null default 0,
  interrupted_from text,
  apply_started boolean not null default false,
  cancel_requested_at timestamptz,
  cancel_requested_by text,
  plan_id text,
  timings jsonb not null default '[]',
  error jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create unique index runs_one_active on runs (environment_id) where finished_at is null;
create index runs_page on runs (tenant_id, run_id desc);
create index runs_of_environment on runs (environment_id, run_id desc);
create index runs_unfinished on runs (status) where finished_at is null;

-- A saved plan with all that it is bound to. `plan_file` and `plan_json` are encrypted; `changes`, `summary` and `text` are masked.
create table plans (
  plan_id text primary key,
  run_id text not null references runs,
  environment_id text not null references environments,
  plan_file bytea not null,
  plan_json bytea not null,
  cdk_json text not null,
  changes jsonb not null,
  summary jsonb not null,
  text text not null,
  plan_sha256 text not null,
  synth_sha256 text not null,
  lock_sha256 text not null,
  tool_version text not null,
  revision integer not null,
  cloud_account_id text not null,
  state_lineage text,
  state_serial bigint,
  created_at timestamptz not null default now()
);
create index plans_of_run on plans (run_id);

create table reviews (
  review_id text primary key,
  run_id text not null references runs,
  plan_id text not null references plans,
  decision text not null check (decision in ('approve', 'reject')),
  reviewed_by text not null,
  note text,
  created_at timestamptz not null default now()
);

create table events (
  event_id text primary key,
  sequence bigint generated always as identity unique,
  tenant_id text not null references tenants,
  environment_id text references environments,
  run_id text references runs,
  type text not null,
  message text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index events_of_environment on events (environment_id, sequence);

create table run_logs (
  run_id text not null references runs,
  sequence bigint generated always as identity,
  phase text not null,
  line text not null,
  created_at timestamptz not null default now(),
  primary key (run_id, sequence)
);

-- What an apply has started and finished, written as it happens: a crash loses no resource.
create table journal (
  run_id text not null references runs,
  sequence bigint generated always as identity,
  epoch bigint not null,
  address text not null,
  resource_type text not null,
  action text not null,
  step text not null check (step in ('started', 'finished', 'errored')),
  id_key text,
  id_value text,
  created_at timestamptz not null default now(),
  primary key (run_id, sequence)
);

create table state_versions (
  state_version_id text primary key,
  environment_id text not null references environments,
  serial bigint not null,
  lineage text not null,
  sha256 text not null,
  size_bytes integer not null,
  resource_count integer not null,
  ciphertext bytea not null,
  key_id text not null,
  run_id text not null references runs,
  epoch bigint not null,
  created_at timestamptz not null default now(),
  unique (environment_id, serial)
);

create table state_locks (
  environment_id text primary key references environments,
  lock_id text not null,
  run_id text not null references runs,
  epoch bigint not null,
  info jsonb not null,
  created_at timestamptz not null default now()
);

-- Jobs to hand to the queue: written with the change that needs them, sent after commit, at least once.
create table outbox (
  outbox_id bigint generated always as identity primary key,
  job_name text not null,
  job_id text not null unique,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index outbox_unsent on outbox (outbox_id) where sent_at is null;

create function notify_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('terrace_outbox', '');
  return null;
end $$;
create trigger outbox_inserted after insert on outbox for each statement execute function notify_outbox();

create function notify_cancel() returns trigger language plpgsql as $$
begin
  perform pg_notify('terrace_cancel', new.run_id);
  return null;
end $$;
create trigger cancel_requested after update of cancel_requested_at on runs for each row
  when (new.cancel_requested_at is not null and old.cancel_requested_at is null) execute function notify_cancel();

create table idempotency_keys (
  token_id text not null,
  key text not null,
  request_sha256 text not null,
  status integer,
  headers jsonb,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (token_id, key)
);

-- Facts about this database: the canary that proves the encryption key.
create table facts (
  name text primary key,
  value bytea not null
);
