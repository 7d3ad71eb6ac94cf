import { resolve } from 'node:path';
import { z } from 'zod';
import { appError } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { settings } from './settings.js';

const schema = z.object(settings);

/** All settings, parsed. Times ending in `Ms` are milliseconds, the ones in the environment are seconds. */
export type Config = z.output<typeof schema> & {
  readonly home: string;
  readonly workdirBase: string;
  readonly sandbox: boolean;
  /** Absolute. */
  readonly blueprintFolders: readonly string[];
  /** Where programs are looked for. */
  readonly path: string;
  /** Names starting with TERRACE_ that no setting has. */
  readonly unknownNames: readonly string[];
};

/** The only reader of the process environment. Throws `invalid_settings` that names every fault at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const faults = zodFaults(parsed.error);
    const text = faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
    throw appError('invalid_settings', `wrong settings: ${text}`, { errors: faults });
  }
  const values = parsed.data;
  const home = resolve(values.TERRACE_HOME);
  if (values.DATABASE_URL !== undefined && values.STATE_ENCRYPTION_KEY === undefined)
    throw appError(
      'invalid_settings',
      'wrong settings: STATE_ENCRYPTION_KEY: required when DATABASE_URL is set; make one with `openssl rand -base64 32`',
    );
  if ((values.OIDC_ISSUER === undefined) !== (values.OIDC_AUDIENCE === undefined))
    throw appError('invalid_settings', 'wrong settings: OIDC_ISSUER and OIDC_AUDIENCE: set both, or neither');
  const { CONTROL_ACCOUNT_ID: control, CONTROL_ROLE_ARN: role } = values;
  if (control !== undefined && role !== undefined && role.split(':')[4] !== control)
    throw appError(
      'invalid_settings',
      `wrong settings: CONTROL_ROLE_ARN: is a role of another account than CONTROL_ACCOUNT_ID, ${control}`,
    );
  return {
    ...values,
    home,
    workdirBase: resolve(values.WORKDIR_BASE ?? `${home}/work`),
    path: env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    blueprintFolders: values.BLUEPRINT_PATHS.map((folder) => resolve(folder)),
    sandbox: values.SANDBOX ?? values.DATABASE_URL === undefined,
    unknownNames: Object.keys(env).filter((name) => name.startsWith('TERRACE_') && !(name in settings)),
  };
}

/** The same with some settings given by the program: a demo or a benchmark with a home of its own. */
export function readConfigWith(settings: Readonly<Record<string, string>>): Config {
  return readConfig({ ...process.env, ...settings });
}

const pluginSettings = z.object({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: z.url(),
  AWS_CONTAINER_AUTHORIZATION_TOKEN: z.string(),
  AWS_ENDPOINT_URL: z.url().optional(),
});

/** What terraform's environment tells our exec plugin: where a run's credentials are. */
export function readPluginSettings(env: NodeJS.ProcessEnv = process.env) {
  const values = pluginSettings.parse(env);
  return {
    uri: values.AWS_CONTAINER_CREDENTIALS_FULL_URI,
    token: values.AWS_CONTAINER_AUTHORIZATION_TOKEN,
    endpoint: values.AWS_ENDPOINT_URL,
  };
}
