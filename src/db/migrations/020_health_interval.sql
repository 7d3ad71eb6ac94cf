-- Null = as often as the setting says; 0 = only when asked for.
alter table environments add column health_check_seconds integer check (health_check_seconds >= 0);
