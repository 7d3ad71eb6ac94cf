import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1/index.js';
import { Construct } from 'constructs';
import { commonLabels, publicHost } from '../app/context.js';
import type { IspContext } from './context.js';
import { servicePorts, type WebService } from './flows.js';

export interface ServiceIngressProps {
  readonly context: IspContext;
  readonly service: WebService;
  readonly host: string;
}

/** The address of a service below the public one, such as `grafana.portal.example.com`; undefined without a public address. */
export function serviceHost(context: IspContext, service: WebService): string | undefined {
  const host = publicHost(context.app);
  return host === undefined ? undefined : `${service}.${host}`;
}

/** A public address of a service that asks for a password itself: HTTPS only. */
export class ServiceIngress extends Construct {
  constructor(scope: Construct, id: string, { context, service, host }: ServiceIngressProps) {
    super(scope, id);
    const { ingress } = context.app.spec;
    const given = ingress?.tls.secret_name;
    new IngressV1(this, '$ingress', {
      metadata: {
        name: service,
        namespace: context.namespace,
        labels: commonLabels(context.app),
        annotations: {
          ...(given === undefined
            ? { 'cert-manager.io/cluster-issuer': ingress?.tls.issuer ?? 'letsencrypt' }
            : {}),
          'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true',
        },
      },
      spec: {
        ingressClassName: ingress?.class ?? 'nginx',
        tls: [{ hosts: [host], secretName: given ?? `${service}-tls` }],
        rule: [
          {
            host,
            http: {
              path: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: service, port: { number: servicePorts[service] } } },
                },
              ],
            },
          },
        ],
      },
    });
  }
}
