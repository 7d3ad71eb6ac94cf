/** FreeRADIUS without the hundred files of its image: users and accounting in SQL, clients by address range, secrets by environment.
 *  Source: FreeRADIUS 3.2, `radiusd.conf`, `mods-available/sql`, `sites-available/default`. */
export function radiusConfig(nasCidrs: readonly string[]): string {
  const clients = nasCidrs.map((cidr, index) => client(`access-servers-${index}`, cidr));
  return [head, client('probe', '127.0.0.1'), ...clients, modules, server].join('\n');
}

const client = (name: string, range: string) => `client ${name} {
  ipaddr = ${range}
  secret = $ENV{RADIUS_SECRET}
}`;

const head = `run_dir = /tmp
logdir = /tmp
pidfile = /tmp/radiusd.pid
max_request_time = 10
cleanup_delay = 5
max_requests = 16384
hostname_lookups = no
log {
  destination = stdout
  auth = yes
}
security {
  max_attributes = 200
  reject_delay = 1
  status_server = yes
}
thread pool {
  start_servers = 4
  max_servers = 16
  min_spare_servers = 2
  max_spare_servers = 8
}`;

const modules = `modules {
  expr {
    safe_characters = "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"
  }
  pap { }
  chap { }
  mschap { }
  detail {
    filename = /var/lib/radius/accounting-%Y%m%d
    permissions = 0600
  }
  sql {
    driver = "rlm_sql_postgresql"
    dialect = "postgresql"
    server = $ENV{DATABASE_HOST}
    port = $ENV{DATABASE_PORT}
    login = "radius"
    password = $ENV{RADIUS_DATABASE_PASSWORD}
    radius_db = $ENV{DATABASE_NAME}
    client_table = "nas"
    acct_table1 = "radacct"
    acct_table2 = "radacct"
    postauth_table = "radpostauth"
    authcheck_table = "radcheck"
    groupcheck_table = "radgroupcheck"
    authreply_table = "radreply"
    groupreply_table = "radgroupreply"
    usergroup_table = "radusergroup"
    read_groups = yes
    read_profiles = yes
    group_attribute = "SQL-Group"
    delete_stale_sessions = yes
    pool {
      start = 1
      min = 1
      max = 16
      spare = 2
      uses = 0
      lifetime = 0
      idle_timeout = 60
      retry_delay = 5
    }
    $INCLUDE /etc/raddb/mods-config/sql/main/postgresql/queries.conf
  }
}`;

/** What the database misses while it is away is kept on the volume. */
const server = `server default {
  listen {
    type = auth
    ipaddr = *
    port = 1812
  }
  listen {
    type = acct
    ipaddr = *
    port = 1813
  }
  authorize {
    chap
    mschap
    sql
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
    Auth-Type MS-CHAP {
      mschap
    }
  }
  preacct {
    update request {
      &Acct-Unique-Session-Id := "%{md5:%{User-Name},%{Acct-Session-ID},%{%{NAS-IPv6-Address}:-%{NAS-IP-Address}},%{NAS-Identifier},%{NAS-Port-ID},%{NAS-Port}}"
    }
  }
  accounting {
    redundant {
      sql
      detail
    }
  }
  post-auth {
    sql
    Post-Auth-Type REJECT {
      sql
    }
  }
}
`;
