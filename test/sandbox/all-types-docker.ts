import type { Variant } from './all-types.js';

/** Every Docker type the sandbox serves; each resource is called `main`. */
export const dockerTypes = ({ name, pods }: Required<Variant>) => ({
  docker_network: {
    main: {
      name,
      internal: true,
      ipam_config: [{ subnet: '10.10.0.0/24', gateway: '10.10.0.1' }],
      labels: [{ label: 'team', value: name }],
    },
  },
  docker_volume: { main: { name: `${name}-data` } },
  docker_image: { main: { name: 'postgres:17', keep_locally: true } },
  docker_container: {
    main: {
      name,
      image: 'postgres:17',
      depends_on: ['docker_image.main'],
      restart: 'unless-stopped',
      memory: Number(pods) * 16,
      env: ['MODE=live', 'PGDATA=/data'],
      read_only: true,
      capabilities: [{ drop: ['ALL'] }],
      ports: [{ internal: 5432 }],
      healthcheck: [{ test: ['CMD', 'pg_isready'], interval: '10s', retries: 3, start_period: '60s' }],
      labels: [
        { label: 'team', value: name },
        { label: 'engine', value: 'terrace' },
      ],
      networks_advanced: [{ name: '${docker_network.main.name}', aliases: ['db', 'database'] }],
      volumes: [{ volume_name: '${docker_volume.main.name}', container_path: '/data' }],
      upload: [{ file: '/etc/app.conf', content: 'mode=live' }],
      ulimit: [{ name: 'nofile', soft: 1024, hard: 2048 }],
    },
  },
});
