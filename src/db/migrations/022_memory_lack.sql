-- What the worker that told last waits for, in MB; null = nothing. It tells each minute while it waits.
alter table claim_clock
  add column memory_lack_mb integer,
  add column memory_lack_at timestamptz;

-- A number, and no row: all workers share it.
create function memory_lack() returns integer
language sql stable security definer set search_path = pg_catalog, public as $$
  select memory_lack_mb from claim_clock where memory_lack_at > now() - interval '2 minutes'
$$;
