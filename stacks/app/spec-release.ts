import { z } from 'zod';
import { shortName } from '../../src/spec/names.js';
import { namedTexts, requiredText } from '../../src/spec/texts.js';
import { scaling, share } from './spec-workload.js';

const labelText = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
    'must be 1 to 63 letters, digits, ".", "_" or "-"',
  );

const scaled = z.strictObject({
  deployment: shortName.describe('Deployment of the chart, by name'),
  autoscaling: scaling
    .optional()
    .describe('number of pods by CPU use; the chart must not set `replicas` then'),
  disruption: z
    .strictObject({
      min_available: share.describe('pods that stay'),
      pod_labels: namedTexts(
        z
          .string()
          .regex(
            /^(?:[a-z0-9.-]{1,100}\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
            'must be the name of a label',
          ),
        labelText,
      )
        .optional()
        .describe('labels of its pods; default: `app.kubernetes.io/instance` is the name of the release'),
    })
    .optional()
    .describe('what stays while nodes are drained'),
});

const release = z.strictObject({
  name: shortName.default('app').describe('name of the Helm release, unique within the environment'),
  after: z.array(shortName).max(20).default([]).describe('releases that have to be ready before'),
  repository: requiredText(
    /^(?:https|oci):\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._/-]*)?$/,
    'must be an https:// or oci:// address without user, query and fragment',
  ).describe('chart repository'),
  chart: requiredText(
    /^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/,
    'must be the name of a chart: lower-case letters, digits, ".", "_" or "-"',
  ).describe('name of the chart'),
  version: requiredText(
    /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/,
    'must be one exact version, such as "1.4.2"',
  ).describe('version of the chart, exact'),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('values of the chart; they win over those that Terrace gives under `global.terrace`'),
  set_secrets: namedTexts(
    z
      .string()
      .regex(
        /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*){0,19}$/,
        'must be the path of a value, such as "auth.password"',
      ),
    z.enum(['DATABASE_URL', 'DATABASE_PASSWORD', 'REDIS_URL', 'REDIS_PASSWORD'], {
      error: 'must be one of DATABASE_URL, DATABASE_PASSWORD, REDIS_URL, REDIS_PASSWORD',
    }),
  )
    .default({})
    .describe(
      'path of a value -> secret of the environment, for charts that take no existing Secret; these win',
    ),
  atomic: z.boolean().default(true).describe('a release that does not become ready is undone'),
  wait: z.boolean().default(true).describe('until every object of the release is ready'),
  timeout_seconds: z
    .int()
    .min(30, 'must be at least 30')
    .max(3600, 'must be at most 3600')
    .default(300)
    .describe('limit for the release to become ready'),
  scaling: z.array(scaled).max(20).default([]).describe('scaling of Deployments for charts that bring none'),
});

export const releases = z.array(release).max(20);
