-- The audit log: one chain of rows that are only ever appended. Each row's hash covers the hash before it, its own
-- number and its text, so that a row altered, removed or moved is found. docs/audit.md says what is kept and how it is checked.

-- The last link, locked by whoever appends; and up to where retention may delete.
create table audit_head (
  only_one boolean primary key default true check (only_one),
  sequence bigint not null,
  sha256 text not null,
  pruned_through bigint not null
);
insert into audit_head (sequence, sha256, pruned_through) values (0, repeat('0', 64), 0);

-- `entry` is canonical JSON; it alone is hashed and told. The columns made from it are there to be searched.
create table audit (
  sequence bigint primary key,
  entry text not null,
  previous_sha256 text not null,
  sha256 text not null,
  at text collate "C" not null generated always as ((entry::jsonb) ->> 'at') stored,
  actor_id text generated always as ((entry::jsonb) ->> 'actor_id') stored,
  action text not null generated always as ((entry::jsonb) ->> 'action') stored,
  target text generated always as ((entry::jsonb) ->> 'target') stored,
  tenant_id text generated always as ((entry::jsonb) ->> 'tenant_id') stored,
  result text not null generated always as ((entry::jsonb) ->> 'result') stored
);
create index audit_of_tenant on audit (tenant_id, sequence);
create index audit_of_actor on audit (actor_id, sequence);
create index audit_of_target on audit (target, sequence);
create index audit_by_time on audit (at);

create function audit_link() returns trigger language plpgsql as $$
declare
  last audit_head;
begin
  select * into strict last from audit_head for update;
  new.sequence := last.sequence + 1;
  new.previous_sha256 := last.sha256;
  new.sha256 := encode(sha256(convert_to(
    new.previous_sha256 || E'\n' || new.sequence || E'\n' || new.entry, 'UTF8')), 'hex');
  update audit_head set sequence = new.sequence, sha256 = new.sha256;
  return new;
end $$;
create trigger audit_linked before insert on audit for each row execute function audit_link();

create function audit_refuse() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.sequence <= (select pruned_through from audit_head) then
      return old;
    end if;
  end if;
  raise exception 'the audit log is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_kept before update or delete on audit for each row execute function audit_refuse();
create trigger audit_not_emptied before truncate on audit for each statement execute function audit_refuse();

-- A change that a request is about to make, noted before it is made and gone when its outcome is in the chain. One that
-- stays belongs to a process that died in between.
create table audit_intents (
  intent_id text primary key,
  entry text not null,
  created_at timestamptz not null default now()
);

-- Entries written in the transaction of the change they tell of. They reach the chain as that transaction commits, so that
-- the chain's lock is the last one it takes and nothing waits in a circle.
create table audit_entries (
  audit_entry_id bigint generated always as identity primary key,
  entry text not null
);
create function audit_move() returns trigger language plpgsql as $$
begin
  insert into audit (entry) values (new.entry);
  delete from audit_entries where audit_entry_id = new.audit_entry_id;
  return null;
end $$;
create constraint trigger audit_entry_written after insert on audit_entries
  deferrable initially deferred for each row execute function audit_move();
