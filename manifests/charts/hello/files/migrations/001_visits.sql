-- Bears being run again: a migration that succeeded runs once more with the next upgrade.
create table if not exists visits (
  visit_id bigint generated always as identity primary key,
  visited_at timestamptz not null default now(),
  path text not null
);
create index if not exists visits_by_time on visits (visited_at);
