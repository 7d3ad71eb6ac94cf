/** Starts LibreNMS without root: the image's own start changes users and owners. The page is served by nginx and PHP-FPM, devices are
 *  polled by the dispatcher; when one of the three ends, so does the container, and it is started anew. */
const start = `set -eu
cd /opt/librenms
mkdir -p /data/rrd /data/logs /tmp/nginx
touch .env
cp /etc/terrace-librenms/config.php config.php
php artisan migrate --force --seed --no-interaction
php lnms user:add admin --password="$LIBRENMS_ADMIN_PASSWORD" --role=admin --no-interaction \\
  || echo "user admin is there already"
$(ls /usr/sbin/php-fpm* | head -n 1) --nodaemonize --fpm-config /etc/terrace-librenms/php-fpm.conf &
nginx -c /etc/terrace-librenms/nginx.conf -g 'daemon off;' &
python3 librenms-service.py -v &
wait -n
exit 1
`;

/** Checks by ICMP need a raw socket, which no pod of a tenant gets: devices are up when they answer by SNMP.
 *  Source: LibreNMS, "Configuration". */
const config = `<?php
$config['install_dir'] = '/opt/librenms';
$config['log_dir'] = '/data/logs';
$config['rrd_dir'] = '/data/rrd';
$config['user'] = 'nobody';
$config['icmp_check'] = false;
$config['update'] = 0;
$config['service_update_enabled'] = false;
$config['service_watchdog_enabled'] = false;
`;

const fpm = `[global]
error_log = /proc/self/fd/2
[www]
listen = 127.0.0.1:9000
pm = dynamic
pm.max_children = 8
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
clear_env = no
catch_workers_output = yes
`;

const nginx = `worker_processes 1;
pid /tmp/nginx/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path /tmp/nginx/body;
  proxy_temp_path /tmp/nginx/proxy;
  fastcgi_temp_path /tmp/nginx/fastcgi;
  uwsgi_temp_path /tmp/nginx/uwsgi;
  scgi_temp_path /tmp/nginx/scgi;
  server {
    listen 8000;
    root /opt/librenms/html;
    index index.php;
    location / { try_files $uri $uri/ /index.php?$query_string; }
    location ~ [^/]\\.php(/|$) {
      fastcgi_pass 127.0.0.1:9000;
      fastcgi_split_path_info ^(.+\\.php)(/.+)$;
      include /etc/nginx/fastcgi.conf;
    }
    location ~ /\\.(?!well-known) { deny all; }
  }
}
`;

export const librenmsFiles = {
  'start.sh': start,
  'config.php': config,
  'php-fpm.conf': fpm,
  'nginx.conf': nginx,
} as const;
