-- The sandbox plays the cloud: what really exists there, and the faults it was told to play. A store of its own: no
-- foreign key leads to or from the truth of Terrace, so that leftovers and clashes are as real as in a real cloud.

create schema sandbox;

-- One object of one cloud account and region. `object_id` is what it is read, changed and imported by; `natural_key`
-- is what must be unique; `parent` is what it lives in and dies with (namespace, security group).
create table sandbox.objects (
  account_id text not null check (account_id ~ '^[0-9]{12}$'),
  region text not null,
  type text not null,
  object_id text not null,
  natural_key text not null,
  parent text,
  environment_id text not null,
  run_id text not null,
  value jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, region, type, object_id),
  unique (account_id, region, type, natural_key)
);
create index sandbox_objects_of_environment on sandbox.objects (environment_id);
create index sandbox_objects_of_parent on sandbox.objects (account_id, region, parent) where parent is not null;

-- `remaining` null = as often as asked; 0 = used up.
create table sandbox.faults (
  fault_id bigint generated always as identity primary key,
  environment_id text not null,
  fault jsonb not null,
  remaining integer check (remaining >= 0)
);
create index sandbox_faults_of_environment on sandbox.faults (environment_id, fault_id);
