-- What a tenant may take in all, and how it leaves. docs/tenants.md tells how both work.

alter table tenants drop constraint tenants_status_check;
alter table tenants add constraint tenants_status_check
  check (status in ('active', 'suspended', 'offboarding', 'offboarded'));

-- The quota; null = no limit. `max_environments` is there already.
alter table tenants
  add column max_cpu_cores double precision check (max_cpu_cores >= 0),
  add column max_memory_gb double precision check (max_memory_gb >= 0),
  add column max_storage_gb double precision check (max_storage_gb >= 0),
  add column max_gpu integer check (max_gpu >= 0),
  add column max_runs_at_once integer check (max_runs_at_once >= 1),
  add column max_monthly_cost double precision check (max_monthly_cost >= 0),
  -- The last request to offboard: environments whose destroy run is older, or that have none, get one.
  add column offboarding_at timestamptz,
  add column offboarding_by text,
  add column offboarding_by_id text,
  -- Whether environments with deletion protection are destroyed too, and whose review rule their runs follow.
  add column offboarding_force boolean not null default false,
  add column offboarding_review text check (offboarding_review in ('required', 'auto')),
  add column offboarded_at timestamptz;

-- What the spec of a revision asks for in all, by its blueprint, as it was requested. GB are of 2^30 bytes.
alter table revisions
  add column cpu_cores double precision not null default 0,
  add column memory_gb double precision not null default 0,
  add column storage_gb double precision not null default 0,
  add column gpu integer not null default 0;

-- Who owns how many live environments; how many a tenant has in each status.
create index environments_live_of_creator on environments (created_by) where status <> 'destroyed';
create index environments_of_tenant_by_status on environments (tenant_id, status);
-- What of a tenant is under way or waits; what went wrong last.
create index runs_unfinished_of_tenant on runs (tenant_id, run_id) where finished_at is null;
create index runs_failed_of_tenant on runs (tenant_id, finished_at desc) where status in ('failed', 'rolled_back');
