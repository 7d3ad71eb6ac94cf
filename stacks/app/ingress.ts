import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1/index.js';
import { Construct } from 'constructs';
import type { AppSpecV1 } from './spec.js';
import { ingressPaths } from './ingress-paths.js';
import { commonLabels, type AppContext } from './context.js';

export interface IngressProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly ingress: NonNullable<AppSpecV1['ingress']>;
  readonly host: string;
}

/** The public address: HTTPS only, by a certificate of cert-manager or a given secret. */
export class Ingress extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { context, namespace, ingress, host }: IngressProps) {
    super(scope, id);
    const { tls } = ingress;
    new IngressV1(this, '$ingress', {
      metadata: {
        name: 'app',
        namespace,
        labels: commonLabels(context),
        annotations: {
          ...ingress.annotations,
          ...(tls.secret_name === undefined
            ? { 'cert-manager.io/cluster-issuer': tls.issuer ?? 'letsencrypt' }
            : {}),
          'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true',
        },
      },
      spec: {
        ingressClassName: ingress.class,
        tls: [{ hosts: [host], secretName: tls.secret_name ?? 'app-tls' }],
        rule: [
          {
            host,
            http: {
              path: ingressPaths(context.spec).map((one) => ({
                path: one.path,
                pathType: 'Prefix',
                backend: { service: { name: one.service, port: { number: one.port } } },
              })),
            },
          },
        ],
      },
    });
    this.url = `https://${host}`;
  }
}
