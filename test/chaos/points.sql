-- Break points of the fault matrix, in the database of a test alone: the product knows nothing of them. A trigger sees a run
-- pass a boundary. `before` holds the change until the lock 4711 is free again; `after` tells of it when it is committed.
create schema chaos;
create table chaos.armed (point text not null, nth integer not null, side text not null check (side in ('before', 'after')));
create sequence chaos.passed;
-- What the cloud was made to make, to find what it made twice.
create table chaos.made (environment_id text not null, type text not null, object_id text not null);

create function chaos.reach() returns trigger language plpgsql security definer set search_path = chaos, pg_catalog as $$
declare a chaos.armed;
begin
  select * into a from chaos.armed where point = tg_argv[0];
  if found and nextval('chaos.passed') = a.nth then
    if a.side = 'before' then perform pg_advisory_xact_lock_shared(4711);
    else perform pg_notify('chaos', a.point);
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

create function chaos.note_made() returns trigger language plpgsql security definer set search_path = chaos, pg_catalog as $$
begin
  insert into chaos.made values (new.environment_id, new.type, new.object_id);
  return null;
end $$;
create trigger chaos_made after insert on sandbox.objects for each row execute function chaos.note_made();

create trigger chaos_claim before update on public.runs for each row
  when (old.status = 'queued' and new.status = 'planning') execute function chaos.reach('claim');
create trigger chaos_session before delete on public.state_locks for each statement execute function chaos.reach('session');
create trigger chaos_locked before insert on public.state_locks for each row execute function chaos.reach('locked');
create trigger chaos_unlocked before delete on public.state_locks for each row execute function chaos.reach('unlocked');
create trigger chaos_plan before insert on public.plans for each row execute function chaos.reach('plan_saved');
create trigger chaos_review before update on public.runs for each row
  when (old.status = 'planning' and new.status = 'awaiting_review') execute function chaos.reach('awaiting_review');
create trigger chaos_apply_claim before update on public.runs for each row
  when (old.status = 'approved' and new.status = 'applying') execute function chaos.reach('apply_claim');
create trigger chaos_apply_started before update on public.runs for each row
  when (new.apply_started and not old.apply_started) execute function chaos.reach('apply_started');
create trigger chaos_object_made before insert on sandbox.objects for each row execute function chaos.reach('object_made');
create trigger chaos_object_gone before delete on sandbox.objects for each row execute function chaos.reach('object_gone');
create trigger chaos_state before insert on public.state_versions for each row execute function chaos.reach('state_written');
create trigger chaos_health before insert on public.health_checks for each row execute function chaos.reach('health_kept');
create trigger chaos_receipt before insert on public.receipts for each row execute function chaos.reach('receipt_kept');
create trigger chaos_succeeded before update on public.runs for each row
  when (old.status = 'verifying' and new.status = 'succeeded') execute function chaos.reach('succeeded');
create trigger chaos_rolling_back before update on public.runs for each row
  when (old.status <> 'rolling_back' and new.status = 'rolling_back') execute function chaos.reach('rolling_back');
create trigger chaos_fault before update on sandbox.faults for each row execute function chaos.reach('fault_played');
