-- Changes of environments, rules of review, comments; plans that end.

alter table environments add column version integer not null default 1;
alter table environments add column applied_revision integer;
update environments e set applied_revision = (
  select r.revision from runs r
  where r.environment_id = e.environment_id and r.kind in ('create', 'update', 'rollback')
    and r.status in ('succeeded', 'no_changes')
  order by r.run_id desc limit 1);

-- Of which earlier revision this one is a copy: a rollback makes one.
alter table revisions add column copy_of integer;

-- Who asked for what the run does; a replanned run keeps that of the first.
alter table runs add column author_id text;
alter table runs add column replan_of text references runs;

alter table reviews add column reviewer_id text;
alter table reviews add column carried_from text references plans;
alter table reviews drop constraint reviews_decision_check;
alter table reviews add constraint reviews_decision_check check (decision in ('approve', 'reject', 'withdraw'));
create index reviews_of_run on reviews (run_id);

-- What a finished run no longer needs is dropped: the plan file and the full JSON.
alter table plans alter column plan_file drop not null;
alter table plans alter column plan_json drop not null;
create index plans_with_artifacts on plans (run_id) where plan_file is not null or plan_json is not null;

create table run_comments (
  comment_id text primary key,
  run_id text not null references runs,
  plan_id text references plans,
  author_id text not null,
  written_by text not null,
  text text not null,
  created_at timestamptz not null default now()
);
create index run_comments_page on run_comments (run_id, comment_id);

-- Who has to review what. `tenant_id` null = for every tenant; `class` null = for environments of any class.
create table review_rules (
  rule_id text primary key,
  tenant_id text references tenants,
  class text,
  version integer not null,
  settings jsonb not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  changed_by text not null,
  deleted_at timestamptz
);
create unique index review_rules_in_force on review_rules (tenant_id, class) nulls not distinct where deleted_at is null;

create table review_rule_versions (
  rule_id text not null references review_rules,
  version integer not null,
  settings jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (rule_id, version)
);

grant select, insert on run_comments, review_rule_versions to terrace_api;
grant select, insert, update on review_rules to terrace_api;

alter table run_comments enable row level security;
create policy of_one_tenant on run_comments to terrace_api
  using (exists (select 1 from runs r where r.run_id = run_comments.run_id));

-- A tenant sees the rules for everybody, and changes its own.
alter table review_rules enable row level security;
create policy seen_by_one_tenant on review_rules for select to terrace_api
  using (tenant_id is null or tenant_id = (select terrace_tenant()));
create policy added_by_one_tenant on review_rules for insert to terrace_api
  with check (tenant_id = (select terrace_tenant()));
create policy changed_by_one_tenant on review_rules for update to terrace_api
  using (tenant_id = (select terrace_tenant())) with check (tenant_id = (select terrace_tenant()));
alter table review_rule_versions enable row level security;
create policy of_one_tenant on review_rule_versions to terrace_api
  using (exists (select 1 from review_rules r where r.rule_id = review_rule_versions.rule_id));
