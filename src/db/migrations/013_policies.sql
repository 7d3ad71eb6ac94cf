-- What plans are judged by. `tenant_id` null = for every tenant.
create table policies (
  policy_id text primary key,
  tenant_id text references tenants,
  name text not null,
  version integer not null,
  settings jsonb not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  changed_by text not null,
  deleted_at timestamptz
);
create unique index policies_by_name on policies (tenant_id, name) nulls not distinct where deleted_at is null;

create table policy_versions (
  policy_id text not null references policies,
  version integer not null,
  settings jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (policy_id, version)
);

-- What the policies said of a plan, with the versions that said it.
alter table plans add column policy jsonb;

grant select, insert, update on policies to terrace_api;
grant select, insert on policy_versions to terrace_api;

-- A tenant sees the policies for everybody, and changes its own.
alter table policies enable row level security;
create policy seen_by_one_tenant on policies for select to terrace_api
  using (tenant_id is null or tenant_id = (select terrace_tenant()));
create policy added_by_one_tenant on policies for insert to terrace_api
  with check (tenant_id = (select terrace_tenant()));
create policy changed_by_one_tenant on policies for update to terrace_api
  using (tenant_id = (select terrace_tenant())) with check (tenant_id = (select terrace_tenant()));
alter table policy_versions enable row level security;
create policy of_one_tenant on policy_versions to terrace_api
  using (exists (select 1 from policies p where p.policy_id = policy_versions.policy_id));
