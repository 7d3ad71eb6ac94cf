-- Whose turn it is when a slot of a worker is free. docs/fairness.md tells how.

-- The share of a tenant among those that wait.
alter table tenants add column weight integer not null default 1 check (weight between 1 and 100);

-- What the age of a waiting run is counted from, in UTC: what takes away or puts back counts as an hour older, a drift check as an
-- hour younger.
alter table runs add column waits_since timestamp not null generated always as (
  created_at at time zone 'UTC' + case
    when kind in ('destroy', 'rollback') then interval '-1 hour'
    when kind = 'drift_check' then interval '1 hour'
    else interval '0' end) stored;

create index runs_waiting on runs (tenant_id, waits_since, run_id)
  where finished_at is null and lease_owner is null and status in ('queued', 'approved');
create index runs_lost on runs (waits_since, run_id)
  where finished_at is null and lease_owner is null and status = 'interrupted';
create index runs_in_hand on runs (tenant_id) where finished_at is null and lease_owner is not null;

-- One row, locked by whoever chooses: choices are made one after the other. `turn` is the virtual time of start-time fair queueing.
create table claim_clock (
  only_one boolean primary key default true check (only_one),
  turn double precision not null default 0,
  claims bigint not null default 0,
  -- How often, and how long in all, a worker with a free slot waited for memory.
  memory_waits bigint not null default 0,
  memory_wait_seconds double precision not null default 0
);
insert into claim_clock default values;

-- When it is a tenant's turn next, and its last claim.
create table tenant_turns (
  tenant_id text primary key references tenants,
  turn double precision not null,
  claim bigint not null
);
