import { containerSecurity } from './security.js';

/** A server that has to take connections before a pod starts. */
export interface Dependency {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

const image = 'busybox:1.37.0-musl';
const script = 'until nc -z -w 2 "$0" "$1"; do echo "waiting for $0:$1"; sleep 1; done';

/** An init container that ends once the dependency takes a TCP connection; the rollout's deadline bounds the wait. */
export function waitContainer({ name, host, port }: Dependency) {
  return {
    name: `wait-for-${name}`,
    image,
    command: ['sh', '-c', script, host, String(port)],
    resources: {
      requests: { cpu: '10m', memory: '16Mi' },
      limits: { cpu: '50m', memory: '32Mi' },
    },
    securityContext: {
      ...containerSecurity({ readOnlyRoot: true }),
      runAsUser: '65534',
      runAsGroup: '65534',
    },
  };
}
