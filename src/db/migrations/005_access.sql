-- Tokens with fewer rights than their role, tokens of programs, and roles of people at an identity provider.

alter table tokens add column rights text[] check (cardinality(rights) > 0);
alter table tokens drop constraint tokens_role_check;
alter table tokens add constraint tokens_role_check
  check (role in ('viewer', 'operator', 'approver', 'admin', 'service'));

create table grants (
  grant_id text primary key,
  issuer text not null,
  subject text not null,
  role text not null check (role in ('viewer', 'operator', 'approver', 'admin', 'service')),
  tenant_id text references tenants,
  note text,
  granted_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
-- One grant of a role in force per person and tenant; also finds the grants of a person.
create unique index grants_in_force on grants (issuer, subject, role, tenant_id) nulls not distinct
  where revoked_at is null;
create index grants_page on grants (tenant_id, grant_id desc);
