import { z } from 'zod';
import type { RequestedTotals } from '../../src/spec/blueprint.js';
import { hostName } from '../../src/spec/names.js';
import { plainJsonFaults } from '../../src/spec/plain-json.js';
import { cacheSizes, databaseSizes } from '../../src/spec/sizes.js';
import { baseline, bucket, cache, cluster, database, network, release } from './spec-parts.js';
import { nodes, platformRules } from './spec-rules.js';
import { clusterProfiles, gpuFacts } from './spec-sizes.js';

const fields = z.strictObject({
  network: network.prefault({}).describe('the network, new or existing'),
  cluster: cluster.prefault({}).describe('the Kubernetes cluster, new or existing'),
  database: database.optional().describe('PostgreSQL on RDS'),
  cache: cache.optional().describe('Valkey on ElastiCache'),
  bucket: bucket.optional().describe('a bucket of the application'),
  domain: hostName.optional().describe('host name of the application'),
  baseline: baseline.prefault({}).describe('charts that come before the application'),
  release: release.optional().describe('the Helm release of the application'),
});

/** A parsed spec of `platform@1`: every default is filled in. */
export type PlatformSpecV1 = z.output<typeof fields>;

/** The spec of `platform@1`. `{}` is valid: a network and a small cluster with a private endpoint. */
export const platformSpecV1 = fields.superRefine((spec, ctx) => {
  for (const fault of plainJsonFaults(spec))
    ctx.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
  for (const rule of platformRules)
    if (rule.when(spec)) ctx.addIssue({ code: 'custom', path: rule.path.split('.'), message: rule.message });
});

/** What an environment may take in all: every node that the cluster may grow to, and managed instances with their standbys. */
export function requestedTotals(spec: PlatformSpecV1): RequestedTotals {
  const { cluster, database, cache } = spec;
  const profile = clusterProfiles[cluster.profile];
  const own = cluster.existing === undefined;
  const parts = [
    { count: own ? nodes(spec).max : 0, ...profile.facts, storageGb: profile.diskGb },
    ...(own && cluster.gpu
      ? [{ count: cluster.gpu.max, ...gpuFacts[cluster.gpu.instance], storageGb: gpuDiskGb }]
      : []),
    ...(database === undefined
      ? []
      : [{ count: database.multi_az ? 2 : 1, ...instance(databaseSizes[database.size]), storageGb: 0 }]),
    ...(cache === undefined
      ? []
      : [{ count: cache.ha ? 2 : 1, ...instance(cacheSizes[cache.size]), storageGb: 0 }]),
  ];
  const sum = (of: (part: (typeof parts)[number]) => number) =>
    parts.reduce((total, part) => total + part.count * of(part), 0);
  return {
    cpuCores: sum((part) => part.cpuCores),
    memoryGb: sum((part) => part.memoryGb),
    storageGb: sum((part) => part.storageGb) + (database === undefined ? 0 : database.storage_gb),
    gpu: sum((part) => part.gpus),
  };
}

/** Disk of a GPU node: images with CUDA are large. */
export const gpuDiskGb = 200;

function instance(facts: { readonly instanceCpuCores: number; readonly instanceMemoryGb: number }) {
  return { cpuCores: facts.instanceCpuCores, memoryGb: facts.instanceMemoryGb, gpus: 0 };
}
