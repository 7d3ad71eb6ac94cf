const pair = (name: string, owner: 'UserName' | 'GroupName', operator: string) =>
  `create table if not exists radius.${name} (id serial primary key, ${owner} text not null default '', ` +
  `Attribute text not null default '', op varchar(2) not null default '${operator}', Value text not null default '');
create index if not exists ${name}_owner on radius.${name} (${owner}, Attribute);`;

/** A role and a schema of its own with the tables that the queries of FreeRADIUS ask; may be run again and again.
 *  Source: FreeRADIUS 3.2, `mods-config/sql/main/postgresql/schema.sql`. */
export const radiusTables = `\\getenv password RADIUS_DATABASE_PASSWORD
select 'create role radius login' where not exists (select from pg_roles where rolname = 'radius') \\gexec
alter role radius password :'password';
alter role radius set search_path = radius;
create schema if not exists radius;
create table if not exists radius.radacct (
  RadAcctId bigserial primary key, AcctSessionId text not null, AcctUniqueId text not null unique,
  UserName text, Realm text, NASIPAddress inet not null, NASPortId text, NASPortType text,
  AcctStartTime timestamptz, AcctUpdateTime timestamptz, AcctStopTime timestamptz,
  AcctInterval bigint, AcctSessionTime bigint, AcctAuthentic text, ConnectInfo_start text, ConnectInfo_stop text,
  AcctInputOctets bigint, AcctOutputOctets bigint, CalledStationId text, CallingStationId text,
  AcctTerminateCause text, ServiceType text, FramedProtocol text, FramedIPAddress inet, FramedIPv6Address inet,
  FramedIPv6Prefix inet, FramedInterfaceId text, DelegatedIPv6Prefix inet, Class text);
create index if not exists radacct_active on radius.radacct (AcctUniqueId) where AcctStopTime is null;
create index if not exists radacct_close on radius.radacct (NASIPAddress, AcctStartTime) where AcctStopTime is null;
create index if not exists radacct_user on radius.radacct (AcctStartTime, UserName);
${pair('radcheck', 'UserName', '==')}
${pair('radreply', 'UserName', '=')}
${pair('radgroupcheck', 'GroupName', '==')}
${pair('radgroupreply', 'GroupName', '=')}
create table if not exists radius.radusergroup (
  id serial primary key, UserName text not null default '', GroupName text not null default '', priority integer not null default 0);
create index if not exists radusergroup_owner on radius.radusergroup (UserName);
create table if not exists radius.radpostauth (
  id bigserial primary key, username text not null, pass text, reply text, CalledStationId text, CallingStationId text,
  authdate timestamptz not null default now(), Class text);
create index if not exists radpostauth_user on radius.radpostauth (username);
create table if not exists radius.nasreload (NASIPAddress inet primary key, ReloadTime timestamptz not null);
grant usage on schema radius to radius;
grant select, insert, update, delete on all tables in schema radius to radius;
grant usage, select on all sequences in schema radius to radius;
`;
