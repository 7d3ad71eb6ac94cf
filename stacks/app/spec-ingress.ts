import { z } from 'zod';
import { hostName, namespaceName, shortName } from '../../src/spec/names.js';
import { namedTexts, requiredText } from '../../src/spec/texts.js';
import { port } from './spec-parts.js';

const ingressPath = z.strictObject({
  path: requiredText(
    /^\/[A-Za-z0-9._~/-]*$/,
    'must start with "/" and hold letters, digits, ".", "_", "~", "-" and "/" only',
  )
    .max(200, 'must be at most 200 characters')
    .describe('path prefix'),
  service: shortName.describe('Kubernetes service'),
  port: port.optional().describe('port of the service; default: that of the workload, or 80'),
});

const prefixes = [
  'nginx.ingress.kubernetes.io',
  'alb.ingress.kubernetes.io',
  'external-dns.alpha.kubernetes.io',
];

/** Those that would hand the controller configuration, let it reach elsewhere, or switch HTTPS off. */
const refused =
  /snippet|auth-url|auth-tls-secret|auth-secret|upstream-vhost|mirror-target|ssl-redirect|force-ssl|permanent-redirect$|listen-ports|certificate-arn|security-groups/;

export const annotations = namedTexts(
  z
    .string()
    .refine((name) => prefixes.some((prefix) => name.startsWith(`${prefix}/`)), {
      error: `must begin with one of ${prefixes.map((one) => `${one}/`).join(', ')}`,
      abort: true,
    })
    .regex(/\/[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/, 'must be the name of an annotation')
    .refine(
      (name) => !refused.test(name),
      'is not for tenants: it could reach past the environment or switch HTTPS off',
    ),
  z.string({ error: 'must be a text' }).max(1000, 'must be at most 1000 characters'),
).refine((given) => Object.keys(given).length <= 30, 'at most 30 annotations');

export const ingress = z.strictObject({
  host: hostName.optional().describe('full host name; or give base_domain'),
  subdomain: shortName
    .optional()
    .describe('host below base_domain; default: the derived namespace name, which is unique'),
  base_domain: hostName.optional().describe('domain that the subdomain is put below'),
  class: shortName.default('nginx').describe('ingress class'),
  tls: z
    .strictObject({
      issuer: shortName
        .optional()
        .describe('cluster issuer of cert-manager; default "letsencrypt" unless secret_name is given'),
      secret_name: shortName.optional().describe('an existing TLS secret in the namespace'),
    })
    .prefault({})
    .describe('certificate; plain HTTP is never offered'),
  annotations: annotations.default({}).describe('settings of the ingress controller for this address'),
  gateway: z
    .strictObject({
      name: shortName.describe('name of the Gateway'),
      namespace: namespaceName.describe('namespace of the Gateway'),
      section: shortName.default('https').describe('its HTTPS listener, which holds the certificate'),
    })
    .optional()
    .describe('an HTTPRoute at this Gateway (Gateway API v1) in place of an Ingress'),
  paths: z
    .array(ingressPath)
    .min(1, 'name at least one path')
    .max(50)
    .optional()
    .describe(
      'which path goes to which service; default: "/" to the first workload with a port, or to service "app"',
    ),
});
