import { z } from 'zod';
import { overrideFaults } from '../../src/sizing/sizing-faults.js';
import { sizing } from '../../src/sizing/sizing-request.js';
import type { RequestedTotals } from '../../src/spec/blueprint.js';
import { namespaceName, shortName } from '../../src/spec/names.js';
import { plainJsonFaults } from '../../src/spec/plain-json.js';
import { cache } from '../app/spec-data-cache.js';
import { database } from '../app/spec-data-database.js';
import { network, variables } from '../app/spec-parts.js';
import { appSpecV1, requestedTotals, type AppSpecV1 } from '../app/spec.js';
import { appSpecOf } from './spec-app.js';
import { backend, frontend, ingress, loadBalancer, setup } from './spec-portal.js';
import { ispRules } from './spec-rules.js';
import { instanceFaults, sizingRequestOf } from './spec-sizing.js';
import { services } from './spec-services.js';

const fields = z.strictObject({
  namespace: namespaceName
    .optional()
    .describe('Kubernetes namespace; default: made from tenant, environment and id'),
  customers: sizing.shape.customers,
  plan: sizing.shape.plan,
  sizing: sizing.shape.override,
  priority_class: shortName
    .optional()
    .describe(
      'PriorityClass of frontend, backend and services; `by-plan` takes terrace-standard, terrace-premium or terrace-enterprise, which the cluster must have',
    ),
  frontend: frontend.prefault({}).describe('what customers see, at `/` of the public address'),
  backend: backend.prefault({}).describe('the interface behind it, at `/api`'),
  setup: setup.prefault({}).describe('how the database of the tenant begins'),
  services: services.prefault({}).describe('optional services, each with a switch'),
  load_balancer: loadBalancer.prefault({}).describe('how devices reach radius, genieacs and wireguard'),
  network: network.prefault({}).describe('who may talk to whom'),
  variables: variables.default({}).describe('environment variables of frontend and backend; not for secrets'),
  database: database
    .omit({ size: true, resources: true, instance: true, connections: true })
    .prefault({})
    .describe('the database; its size follows the customers'),
  cache: cache
    .omit({ size: true, resources: true, instance: true })
    .prefault({})
    .describe('the cache; its size follows the customers'),
  ingress: ingress.optional().describe('the public address'),
});

/** A parsed spec of `isp@1`: every default is filled in. */
export type IspSpecV1 = z.output<typeof fields>;

/** The spec of `isp@1`. `{}` is valid: 500 customers on plan standard, without optional services and public address. */
export const ispSpecV1 = fields.superRefine((spec, ctx) => {
  for (const fault of plainJsonFaults(spec))
    ctx.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
  const broken = ispRules.filter((rule) => rule.when(spec));
  for (const rule of broken)
    ctx.addIssue({ code: 'custom', path: rule.path.split('.'), message: rule.message });
  for (const { path, message } of overrideFaults(sizingRequestOf(spec)))
    ctx.addIssue({ code: 'custom', path: ['sizing', path.split('.').at(-1) ?? ''], message });
  for (const message of instanceFaults(spec)) ctx.addIssue({ code: 'custom', path: ['customers'], message });
  if (broken.length > 0) return;
  const app = appSpecV1.safeParse(appSpecOf(spec));
  for (const issue of app.error?.issues ?? [])
    ctx.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
});

/** The part of an environment that `app@1` has too, sized. Throws ZodError when the spec is not one that `ispSpecV1` has parsed. */
export function appPartOf(spec: IspSpecV1): AppSpecV1 {
  return appSpecV1.parse(appSpecOf(spec));
}

/** What an environment may take in all, as `requestedTotals` of `app@1`. */
export function ispTotals(spec: IspSpecV1): RequestedTotals {
  return requestedTotals(appPartOf(spec));
}
