-- States that an apply left and that could not be stored as the newest version: kept sealed until somebody has decided.
create table left_states (
  left_state_id text primary key,
  environment_id text not null references environments,
  -- Whose terraform left it.
  run_id text not null references runs,
  epoch bigint not null,
  serial bigint not null,
  lineage text not null,
  sha256 text not null,
  size_bytes integer not null,
  resource_count integer not null,
  ciphertext bytea not null,
  key_id text not null,
  -- Why it was not stored at once.
  why text not null,
  -- saved = became a version; known = it knew nothing that the stored state does not; chosen and dropped = by a person.
  settled text check (settled in ('saved', 'known', 'chosen', 'dropped')),
  settled_at timestamptz,
  created_at timestamptz not null default now(),
  unique (environment_id, sha256)
);
create index left_states_open on left_states (environment_id, left_state_id) where settled is null;

grant select, update on left_states to terrace_api;
alter table left_states enable row level security;
create policy of_one_tenant on left_states to terrace_api
  using (exists (select 1 from environments e where e.environment_id = left_states.environment_id));

-- What makes the environment's state no ground to plan on; null = nothing.
alter table environments add column state_diverged jsonb;

-- Whose terraform holds the lock, as leases name a process; a person may take it from a dead one.
alter table state_locks add column worker text;
grant delete on state_locks to terrace_api;
