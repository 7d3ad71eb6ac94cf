-- What a reader of a plan is told besides its changes, and what the plan was generated from, so that a later plan can say what moved.

alter table plans add column drift jsonb not null default '[]';
alter table plans add column outputs jsonb not null default '[]';
-- The input of the stack without the spec, which is that of the revision; null for plans made before.
alter table plans add column stack_input jsonb;
-- Read a page at a time: not worth unpacking as a whole.
alter table plans alter column changes set storage external;
