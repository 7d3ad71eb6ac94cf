-- The second wall between tenants. The first is in the queries: each one names its tenant. Should one forget to, or be made to
-- say something else, the database itself shows and takes the rows of one tenant alone. docs/tenant-wall.md tells how.

-- What the API is while it acts for a tenant. Roles belong to the whole server: another database may have made it already.
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'terrace_api') then
    create role terrace_api nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise exception 'the role terrace_api is missing and % may not make it: have an administrator run `create role terrace_api nologin; grant terrace_api to %`',
      current_user, current_user;
end $$;
do $$
begin
  if not pg_has_role(current_user, 'terrace_api', 'member') then
    execute format('grant terrace_api to %I', current_user);
  end if;
end $$;

-- Which tenant a session acts for is a setting, and anybody can write a setting. So it carries a proof that only the owner of
-- this key can make: two rounds of SHA-256, as in HMAC (RFC 2104).
create table wall_key (
  only_one boolean primary key default true check (only_one),
  key text not null
);
insert into wall_key (key) values (
  encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'));

-- The tenant of this session; null without one, or with a proof that does not fit: nothing is seen then.
create function terrace_tenant() returns text
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  given text := current_setting('terrace.tenant', true);
  tenant text := split_part(given, ' ', 1);
  secret text;
begin
  if given is null or given = '' then
    return null;
  end if;
  select key into strict secret from wall_key;
  if given = tenant || ' ' || encode(sha256(convert_to(
       secret || encode(sha256(convert_to(secret || tenant, 'UTF8')), 'hex'), 'UTF8')), 'hex') then
    return tenant;
  end if;
  return null;
end $$;

-- How many live environments somebody owns in all tenants: a number, and no row.
create function environments_owned_by(creator text) returns integer
language sql stable security definer set search_path = pg_catalog, public as $$
  select count(*)::integer from environments where created_by = creator and status <> 'destroyed'
$$;

grant usage on schema public to terrace_api;
grant select, update on tenants to terrace_api;
grant select, insert, update on accounts, tokens, grants, environments, environment_secrets, runs to terrace_api;
grant select, insert on revisions, reviews, events, outbox to terrace_api;
grant select on plans, run_logs, journal, state_versions, state_locks, audit to terrace_api;

-- Rows that name their tenant.
do $$
declare
  name text;
begin
  foreach name in array array['tenants', 'accounts', 'tokens', 'grants', 'runs', 'events', 'audit'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy of_one_tenant on %I to terrace_api
      using (tenant_id = (select terrace_tenant())) with check (tenant_id = (select terrace_tenant()))', name);
  end loop;
end $$;

-- An environment lies in an account of its own tenant.
alter table environments enable row level security;
create policy of_one_tenant on environments to terrace_api
  using (tenant_id = (select terrace_tenant()))
  with check (tenant_id = (select terrace_tenant())
    and exists (select 1 from accounts a where a.account_id = environments.account_id));

-- Rows that belong to an environment or a run, which must be one that is seen.
do $$
declare
  name text;
begin
  foreach name in array array['revisions', 'environment_secrets', 'plans', 'state_versions', 'state_locks'] loop
    execute format('alter table %1$I enable row level security', name);
    execute format('create policy of_one_tenant on %1$I to terrace_api
      using (exists (select 1 from environments e where e.environment_id = %1$I.environment_id))', name);
  end loop;
  foreach name in array array['reviews', 'run_logs', 'journal'] loop
    execute format('alter table %1$I enable row level security', name);
    execute format('create policy of_one_tenant on %1$I to terrace_api
      using (exists (select 1 from runs r where r.run_id = %1$I.run_id))', name);
  end loop;
end $$;

alter table outbox enable row level security;
create policy of_one_tenant on outbox to terrace_api
  using (exists (select 1 from runs r where r.run_id = outbox.payload ->> 'run_id'));
