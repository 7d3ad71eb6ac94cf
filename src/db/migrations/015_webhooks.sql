-- Events as others read them: a version per environment, a place in the feed of all events, and webhooks. docs/webhooks.md.

-- Null = of the platform itself, not of a tenant.
alter table events alter column tenant_id drop not null;
-- Rises by one with each event of an environment.
alter table events add column version bigint;
-- The place in the feed, given after commit, one publisher at a time: who has read up to a place misses nothing before it.
-- Null = not published yet.
alter table events add column position bigint unique;
create index events_unpublished on events (sequence) where position is null;

create table event_versions (
  environment_id text primary key references environments,
  version bigint not null
);
create table event_feed (
  only_one boolean primary key default true check (only_one),
  position bigint not null
);

update events e set version = n.version, position = n.position
from (select event_id, row_number() over (order by sequence) as position,
        case when environment_id is not null
          then row_number() over (partition by environment_id order by sequence) end as version
      from events) n
where n.event_id = e.event_id;
insert into event_versions
  select environment_id, max(version) from events where environment_id is not null group by environment_id;
insert into event_feed (position) select coalesce(max(position), 0) from events;

-- The row of an environment's version is held until commit: its events get versions and sequence numbers in the order in which
-- they commit.
create function event_numbered() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  new.version := null;
  new.position := null;
  if new.environment_id is not null then
    insert into event_versions as v values (new.environment_id, 1)
      on conflict (environment_id) do update set version = v.version + 1 returning v.version into new.version;
    new.sequence := nextval('events_sequence_seq');
  end if;
  return new;
end $$;
create trigger event_numbered before insert on events for each row execute function event_numbered();

create function notify_events() returns trigger language plpgsql as $$
begin
  perform pg_notify('terrace_events', '');
  return null;
end $$;
create trigger events_inserted after insert on events for each statement execute function notify_events();

create table webhooks (
  webhook_id text primary key,
  -- Null = told of the events of every tenant.
  tenant_id text references tenants,
  url text not null,
  description text,
  -- Null = all.
  event_types text[] check (cardinality(event_types) > 0),
  enabled boolean not null default true,
  -- Why Terrace itself disabled it.
  disabled_reason text,
  -- Encrypted; the former one still signs until its time is over.
  secret bytea not null,
  former_secret bytea,
  former_secret_until timestamptz,
  -- Since when no attempt has succeeded; null = the last one did, or there was none.
  failing_since timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index webhooks_of_tenant on webhooks (tenant_id, webhook_id desc);

create table webhook_deliveries (
  delivery_id text primary key,
  -- In the order in which the events were published.
  sequence bigint generated always as identity,
  webhook_id text not null references webhooks on delete cascade,
  -- Null = a ping.
  event_id text references events,
  environment_id text,
  event_type text not null,
  -- The bytes that are signed and sent.
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  -- When this round of attempts began.
  started_at timestamptz not null,
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  response_code integer,
  response_body text,
  fault text,
  duration_ms integer,
  created_at timestamptz not null,
  check ((status = 'pending') = (next_attempt_at is not null))
);
create index webhook_deliveries_page on webhook_deliveries (webhook_id, delivery_id desc);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_attempt_at) where status = 'pending';
create index webhook_deliveries_order on webhook_deliveries (webhook_id, environment_id, sequence) where status = 'pending';
create index webhook_deliveries_ended on webhook_deliveries (last_attempt_at) where status <> 'pending';

grant select, insert, update, delete on webhooks to terrace_api;
grant select, insert, update on webhook_deliveries to terrace_api;
alter table webhooks enable row level security;
create policy of_one_tenant on webhooks to terrace_api
  using (tenant_id = (select terrace_tenant())) with check (tenant_id = (select terrace_tenant()));
alter table webhook_deliveries enable row level security;
create policy of_one_tenant on webhook_deliveries to terrace_api
  using (exists (select 1 from webhooks w where w.webhook_id = webhook_deliveries.webhook_id));
