-- What was searched after a destroy, and what was found: signed, so that it can be shown to others.
create table receipts (
  receipt_id text primary key,
  tenant_id text not null references tenants,
  environment_id text not null references environments,
  run_id text not null references runs,
  verdict text not null check (verdict in ('clean', 'leftovers', 'partial')),
  -- The canonical JSON that is signed, as text: jsonb would order it anew.
  body text not null,
  -- Ed25519 (RFC 8032), base64; the key as SubjectPublicKeyInfo in PEM.
  signature text not null,
  public_key text not null,
  created_at timestamptz not null default now()
);
create index receipts_page on receipts (environment_id, receipt_id desc);

grant select on receipts to terrace_api;
alter table receipts enable row level security;
create policy of_one_tenant on receipts to terrace_api
  using (tenant_id = (select terrace_tenant()));
