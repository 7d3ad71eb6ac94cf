-- A state that is kept in the customer's bucket is not kept here too: its row tells of it, and names the object's version.
alter table state_versions
  alter column ciphertext drop not null,
  alter column key_id drop not null,
  add column object_version text,
  add constraint state_kept_once check (
    (ciphertext is not null and key_id is not null and object_version is null)
    or (ciphertext is null and key_id is null and object_version is not null)
  );
