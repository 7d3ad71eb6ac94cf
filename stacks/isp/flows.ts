import { genieacsParts } from './spec-genieacs.js';
import type { IspSpecV1 } from './spec.js';

/** One end of a connection. A string is a group of pods of this environment; `app` is frontend, backend and jobs. */
export type End =
  | 'app'
  | 'database'
  | 'cache'
  | 'ingress_controller'
  | { readonly pod: string }
  | { readonly cidrs: readonly string[] };

/** A connection that is allowed; whatever is not listed is refused. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  /** @default - every port */
  readonly port?: number;
  /** @default TCP */
  readonly protocol?: 'TCP' | 'UDP';
}

export const servicePorts = {
  netbox: 8080,
  'genieacs-ui': genieacsParts.ui.port,
  librenms: 8000,
  prometheus: 9090,
  grafana: 3000,
} as const;
export type WebService = keyof typeof servicePorts;

const pod = (name: string): End => ({ pod: name });

/** Who may talk to whom, for the services that are switched on. */
export function flowsOf(spec: IspSpecV1): Flow[] {
  const { radius, netbox, genieacs, wireguard, librenms, prometheus, grafana } = spec.services;
  const when = (on: boolean, ...flows: Flow[]) => (on ? flows : []);
  const web = (name: WebService): Flow[] => [{ from: 'app', to: pod(name), port: servicePorts[name] }];
  const published = (name: WebService): Flow[] =>
    when(spec.ingress !== undefined, {
      from: 'ingress_controller',
      to: pod(name),
      port: servicePorts[name],
    });
  const nas: End = { cidrs: radius.nas_cidrs };
  const cpe: End = { cidrs: genieacs.cpe_cidrs };
  return [
    ...when(
      radius.enabled,
      { from: nas, to: pod('radius'), port: 1812, protocol: 'UDP' },
      { from: nas, to: pod('radius'), port: 1813, protocol: 'UDP' },
      { from: pod('radius'), to: 'database' },
    ),
    ...when(
      netbox.enabled,
      ...web('netbox'),
      ...published('netbox'),
      { from: pod('netbox'), to: 'database' },
      { from: pod('netbox'), to: 'cache' },
    ),
    ...when(
      genieacs.enabled,
      { from: cpe, to: pod('genieacs-cwmp'), port: genieacsParts.cwmp.port },
      { from: cpe, to: pod('genieacs-fs'), port: genieacsParts.fs.port },
      { from: 'app', to: pod('genieacs-nbi'), port: genieacsParts.nbi.port },
      // A connection request goes to a port that the device chooses.
      { from: pod('genieacs-nbi'), to: cpe },
      { from: pod('genieacs-ui'), to: cpe },
      ...Object.keys(genieacsParts).map((part) => ({
        from: pod(`genieacs-${part}`),
        to: pod('mongodb'),
        port: 27_017,
      })),
    ),
    ...when(
      librenms.enabled,
      ...web('librenms'),
      ...published('librenms'),
      { from: pod('librenms'), to: pod('librenms-database'), port: 3306 },
      { from: pod('librenms'), to: { cidrs: librenms.device_cidrs }, port: 161, protocol: 'UDP' },
    ),
    ...when(
      prometheus.enabled,
      ...web('prometheus'),
      { from: pod('prometheus'), to: 'app', port: spec.backend.port },
      ...scrapedBy(spec).map((name) => ({
        from: pod('prometheus'),
        to: pod(name),
        port: servicePorts[name],
      })),
    ),
    ...when(grafana.enabled, ...published('grafana'), {
      from: pod('grafana'),
      to: pod('prometheus'),
      port: servicePorts.prometheus,
    }),
    ...when(
      wireguard.enabled,
      { from: { cidrs: wireguard.client_cidrs }, to: pod('wireguard'), port: 51_820, protocol: 'UDP' },
      ...webServices(spec).map((name) => ({
        from: pod('wireguard'),
        to: pod(name),
        port: servicePorts[name],
      })),
    ),
  ];
}

/** Services with a web page, which staff reach through the tunnel. */
export function webServices({ services }: IspSpecV1): WebService[] {
  const on: Record<WebService, boolean> = {
    netbox: services.netbox.enabled,
    'genieacs-ui': services.genieacs.enabled,
    librenms: services.librenms.enabled,
    prometheus: services.prometheus.enabled,
    grafana: services.grafana.enabled,
  };
  return (Object.keys(on) as WebService[]).filter((name) => on[name]);
}

/** Services that Prometheus asks besides the backend and itself. */
export function scrapedBy({ services }: IspSpecV1): ('netbox' | 'grafana')[] {
  return (['netbox', 'grafana'] as const).filter((name) => services[name].enabled);
}
