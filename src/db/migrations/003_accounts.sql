-- How Terrace gets into a customer's account, and when that was last proven. External ids are sealed.

alter table accounts
  add column plan_role_arn text,
  add column apply_role_arn text,
  add column chain_role_arns text[] not null default '{}',
  add column cluster jsonb,
  add column state jsonb not null default '{"kind": "managed"}',
  add column external_id bytea,
  -- While it is being rotated: the one that follows. Both are tried until the new one is confirmed.
  add column next_external_id bytea,
  -- Rises with each change of what a verification proves.
  add column version integer not null default 1,
  add column verified_at timestamptz,
  add column checked_at timestamptz,
  add column checks jsonb not null default '[]',
  add column deleted_at timestamptz;

-- The name of a deleted account may be used again.
alter table accounts drop constraint accounts_tenant_id_name_key;
create unique index accounts_live_name on accounts (tenant_id, name) where deleted_at is null;
create index environments_live_of_account on environments (account_id) where status <> 'destroyed';
