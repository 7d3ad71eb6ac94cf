import { z } from 'zod';
import { isIpRange } from '../lib/ip-ranges.js';

const seconds = (fallback: number, text: string) =>
  z.coerce.number().int().positive().default(fallback).describe(`${text} (seconds)`);
const ownLimit = (text: string) =>
  z.coerce.number().int().positive().optional().describe(`${text} (seconds); unset = PROVISIONING_TIMEOUT`);
const flag = z
  .enum(['true', 'false', '1', '0', 'on', 'off'])
  .transform((text) => ['true', '1', 'on'].includes(text));
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const encryptionKey = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, {
  error: 'must be 32 bytes in base64; make one with `openssl rand -base64 32`',
});

/** Zod calls it for texts that are no URL, too. */
function isHttpsOrOurs(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
  );
}

/** Every setting with its default and meaning; the README's table is generated from this. */
export const settings = {
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8000)
    .describe('port of the API; 0 takes a free one'),
  HOST: z.string().default('127.0.0.1').describe('address the API listens on'),
  TERRACE_HOME: z.string().default('./.terrace').describe('embedded data, keys, bootstrap token'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('PostgreSQL; unset = an embedded server'),
  DATABASE_URL_API: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('the same PostgreSQL by a login that sees one tenant at most; see docs/tenant-wall.md'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Redis for the queue; unset = queue in PostgreSQL'),
  WORKDIR_BASE: z.string().optional().describe('folder for work directories; default TERRACE_HOME/work'),
  TERRAFORM_BIN: z
    .string()
    .optional()
    .describe('terraform or tofu binary; default: the one on PATH, else fetched'),
  TERRAFORM_PROVIDER_MIRROR: z
    .string()
    .optional()
    .describe('folder with provider packages for real providers'),
  AWS_ENDPOINT_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('called in place of the addresses of AWS, for tests; unset = AWS itself'),
  CONTROL_ACCOUNT_ID: z
    .string()
    .regex(/^[0-9]{12}$/, { error: 'must be the 12 digits of a cloud account' })
    .optional()
    .describe("AWS account that Terrace acts from; customers' roles trust it, see docs/onboarding.md"),
  CONTROL_ROLE_ARN: z
    .string()
    .regex(/^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/, {
      error: 'must be a role such as arn:aws:iam::123456789012:role/terrace',
    })
    .optional()
    .describe('the one role of that account that is trusted; unset = any that its own policies let'),
  ONBOARDING_TEMPLATE_URL: z
    .url({ protocol: /^https$/, error: 'must be the https address of an object in S3' })
    .optional()
    .describe('where the CloudFormation template of docs/onboarding.md lies in S3, for links that open it'),
  KUBECONFIG_FOLDER: z
    .string()
    .optional()
    .describe(
      'kubeconfigs of clusters that are no EKS: files `<tenant id>/<name>` of this folder, for workers',
    ),
  DATABASE_LOGINS_FOLDER: z
    .string()
    .optional()
    .describe(
      'logins of shared database servers: files `<tenant id>` of this folder in the form of `.pgpass`, for workers',
    ),
  DOCKER_SOCKET: z
    .string()
    .regex(/^\//, { error: 'must be the absolute path of a socket, such as /var/run/docker.sock' })
    .default('/var/run/docker.sock')
    .describe('Docker of environments with `target: docker`, on the machine of the workers'),
  BLUEPRINT_PATHS: list
    .default([])
    .describe('folders of blueprints beside the built-in ones, comma-separated; see docs/blueprints.md'),
  STATE_ENCRYPTION_KEY: encryptionKey
    .optional()
    .describe('32 bytes in base64; made in TERRACE_HOME when embedded'),
  STATE_ENCRYPTION_KEY_PREVIOUS: list
    .pipe(z.array(encryptionKey))
    .default([])
    .describe('former keys, comma-separated: they open what they sealed until `npm run rotate-key` is done'),
  WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('runs worked on at once per worker'),
  ACCOUNT_RUNS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('runs worked on at once in one account, by all workers; unset = no limit'),
  TERRAFORM_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_048_576)
    .default(200)
    .describe(
      'memory that has to be free for a worker to start one more terraform; 1000 for real providers, see docs/fairness.md; 0 = it is not looked at',
    ),
  MAX_ENVIRONMENTS_PER_USER: z.coerce
    .number()
    .int()
    .min(0)
    .default(10)
    .describe('environments that one token may own'),
  RATE_LIMIT_PRINCIPAL: z.coerce
    .number()
    .int()
    .min(0)
    .default(12_000)
    .describe('requests a minute by one token or person, counted in each API process; 0 = no limit'),
  RATE_LIMIT_TENANT: z.coerce
    .number()
    .int()
    .min(0)
    .default(60_000)
    .describe('requests a minute by all who are bound to one tenant; 0 = no limit'),
  ALLOWED_REGIONS: list.optional().describe('comma-separated; unset = all regions of the account'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('log level'),
  PROVISIONING_TIMEOUT: seconds(3600, 'limit of one plan, apply or destroy that has no limit of its own'),
  PLAN_TIMEOUT: ownLimit('limit of one plan'),
  APPLY_TIMEOUT: ownLimit('limit of one apply'),
  DESTROY_TIMEOUT: ownLimit('limit of one destroy'),
  SILENCE_TIMEOUT: seconds(600, 'how long terraform may write nothing'),
  RETRY_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(4)
    .describe(
      'how often a plan, an apply, a rollback or a drift check is tried when the cloud fails in passing',
    ),
  RETRY_FIRST_WAIT: seconds(5, 'how long is waited before the second attempt; then twice as long each time'),
  BREAKER_FAILURES: z.coerce
    .number()
    .int()
    .min(1)
    .default(5)
    .describe('passing failures in a row after which an account is left alone in a region'),
  BREAKER_SECONDS: seconds(60, 'for how long, the first time; then twice as long each time'),
  QUEUE_TIMEOUT: seconds(86_400, 'how long a run may wait to be planned'),
  HEALTH_CHECK_TIMEOUT: seconds(60, 'how long an environment may take after an apply to become healthy'),
  HEALTH_CHECK_INTERVAL: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe(
      'how often each ready environment that does not say is checked (seconds); 0 = only when asked for',
    ),
  HEALTH_HISTORY: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('health checks that are kept of each environment'),
  DRIFT_CHECK_HOURS: z.coerce
    .number()
    .int()
    .min(0)
    .max(8760)
    .default(0)
    .describe(
      'hours from one drift check of a ready environment to the next, where it says nothing itself; 0 = only when asked for',
    ),
  DRIFT_CHECK_SHARE: z.coerce
    .number()
    .min(0.01)
    .max(100)
    .default(5)
    .describe(
      'percent of all ready environments that may be in a scheduled drift check at once; at least one',
    ),
  PLAN_MAX_AGE: seconds(86_400, 'a plan that nobody approved for this long expires'),
  BUDGET_INFRASTRUCTURE: seconds(60, 'what networks, accounts and storage of an apply may take'),
  BUDGET_DEPLOYMENT: seconds(90, 'what workloads and releases of an apply may take'),
  BUDGET_CONFIGURATION: seconds(45, 'what configuration, jobs and ingress of an apply may take'),
  BUDGET_HEALTH: seconds(45, 'what it may take after an apply until all is healthy'),
  RECEIPT_WAIT: seconds(60, 'how long what is found after a destroy is looked for again, until it is gone'),
  ROLLBACK_TIMEOUT: seconds(120, 'limit of an automatic rollback'),
  TERRAFORM_STOP_TIMEOUT: seconds(95, 'how long terraform may take to stop by itself when it is told to'),
  STATE_SAVE_TIMEOUT: seconds(25, 'how long it may then take to save its state before it is killed'),
  LEASE_SECONDS: seconds(45, 'a worker silent this long loses its runs'),
  SWEEP_SECONDS: seconds(30, 'how often lost work is looked for'),
  AUDIT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('days that the audit log is kept; unset = for good'),
  MAX_CPU_CORES: z.coerce.number().positive().default(64).describe('cap of CPU cores per environment'),
  MAX_MEMORY_GB: z.coerce.number().positive().default(256).describe('cap of memory per environment'),
  MAX_STORAGE_GB: z.coerce.number().positive().default(2048).describe('cap of storage per environment'),
  OIDC_ISSUER: z
    .url()
    .refine(isHttpsOrOurs, {
      error: 'must be https, or http on this machine',
    })
    .optional()
    .describe('identity provider whose JWTs are taken; unset = tokens of Terrace only'),
  OIDC_AUDIENCE: z
    .string()
    .optional()
    .describe('what a JWT must name as its audience; goes with OIDC_ISSUER'),
  OIDC_ROLE_CLAIM: z
    .string()
    .default('terrace_role')
    .describe('claim of a JWT that names roles: a text or a list of texts'),
  OIDC_TENANT_CLAIM: z
    .string()
    .default('terrace_tenant')
    .describe('claim that names tenants for those roles: ids, or `*` for every tenant'),
  OUTBOUND_ALLOWED_RANGES: list
    .refine((ranges) => ranges.every(isIpRange), {
      error: 'must be addresses or ranges such as 10.1.0.0/16 or fd00::/8, comma-separated',
    })
    .default([])
    .describe(
      'private ranges that Terrace may call at the word of others (OIDC_ISSUER, receivers of webhooks); unset = the public internet only',
    ),
  COST_TABLE: z
    .string()
    .optional()
    .describe('JSON file with prices in place of the built-in ones; see docs/cost.md'),
  SANDBOX: flag.optional().describe('serve sandbox accounts; default on when PostgreSQL is embedded'),
};
