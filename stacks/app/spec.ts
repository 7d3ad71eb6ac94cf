import { z } from 'zod';
import { docker, target } from './spec-docker.js';
import { dockerRules } from './spec-docker-rules.js';
import { appRules } from './spec-rules.js';
import { cache } from './spec-data-cache.js';
import { database } from './spec-data-database.js';
import { managedData } from './spec-data-facts.js';
import { migration, workloads } from './spec-workload.js';
import { ingress } from './spec-ingress.js';
import {
  annotations,
  labels,
  limits,
  network,
  observability,
  quota,
  serviceAccount,
  variables,
} from './spec-parts.js';
import { releases } from './spec-release.js';
import type { RequestedTotals } from '../../src/spec/blueprint.js';
import { namespaceName, shortName } from '../../src/spec/names.js';
import { plainJsonFaults } from '../../src/spec/plain-json.js';
import { cpuCores, gigabytes } from '../../src/spec/quantity.js';

const fields = z.strictObject({
  target,
  namespace: namespaceName
    .optional()
    .describe('Kubernetes namespace; default: made from tenant, environment and id'),
  labels: labels.default({}).describe('labels of the namespace'),
  annotations: annotations.default({}).describe('annotations of the namespace'),
  pod_security: z
    .enum(['restricted', 'baseline'], { error: 'must be restricted or baseline' })
    .default('restricted')
    .describe('Pod Security level that the namespace enforces; baseline is for charts that need it'),
  service_account: serviceAccount
    .prefault({})
    .describe('account of the pods; they get no token of the cluster'),
  priority_class: shortName
    .optional()
    .describe("PriorityClass of the application's pods, with a quota of its own; default: the cluster's"),
  quota: quota.prefault({}).describe('what all pods of the environment together may use'),
  limits: limits.prefault({}).describe('what a container gets that names nothing itself'),
  network: network.prefault({}).describe('who may talk to whom'),
  variables: variables.default({}).describe('environment variables of the application; not for secrets'),
  database: database.prefault({}).describe('the database of the environment'),
  cache: cache.prefault({}).describe('the cache of the environment'),
  releases: releases.default([]).describe('Helm releases of the application'),
  migration: migration
    .optional()
    .describe('a job that runs to its end before releases and workloads, and again when it changes'),
  workloads: workloads.default([]).describe('Deployments of the application, beside or instead of a chart'),
  ingress: ingress.optional().describe('the public address of the application'),
  observability: observability.prefault({}).describe('how the application is watched'),
  docker: docker.prefault({}).describe('what only a development machine knows (target docker)'),
});

/** A parsed spec of `app@1`: every default is filled in. */
export type AppSpecV1 = z.output<typeof fields>;

const rules = [
  ...appRules,
  ...dockerRules(Object.keys(fields.shape) as (keyof AppSpecV1)[], fields.parse({})),
];

/** The spec of `app@1`. `{}` is valid: a locked-down namespace with a small database and cache in the cluster. */
export const appSpecV1 = fields.superRefine((spec, ctx) => {
  for (const fault of plainJsonFaults(spec))
    ctx.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
  for (const rule of rules)
    if (rule.when(spec)) ctx.addIssue({ code: 'custom', path: rule.path.split('.'), message: rule.message });
});

/** What an environment may take in all: its quota in the cluster (which covers data services there) plus managed instances. */
export function requestedTotals(spec: AppSpecV1): RequestedTotals {
  const managed = managedData(spec);
  return {
    cpuCores: cpuCores(spec.quota.cpu) + managed.cpuCores,
    memoryGb: gigabytes(spec.quota.memory) + managed.memoryGb,
    storageGb: gigabytes(spec.quota.storage) + managed.storageGb,
  };
}
