import type { AppSpecV1 } from './spec.js';

export interface IngressPath {
  readonly path: string;
  readonly service: string;
  readonly port: number;
}

/** The paths of the public address with every default filled in. */
export function ingressPaths({ ingress, workloads }: AppSpecV1): IngressPath[] {
  const first = workloads.find(({ port }) => port !== undefined)?.name ?? 'app';
  const paths = ingress?.paths ?? [{ path: '/', service: first }];
  return paths.map(({ path, service, port }) => ({
    path,
    service,
    port: port ?? workloads.find(({ name }) => name === service)?.port ?? 80,
  }));
}
