import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface TerraformEnvProps {
  /** HOME, TMPDIR and the place of terraform's own settings file. */
  readonly workDir: string;
  /** PATH of the machine: provisioners and credential helpers need one. @default the usual system folders */
  readonly path?: string;
  /** The state backend of the run: TF_HTTP_*. Retries are set here unless given. */
  readonly state?: Readonly<Record<string, string>>;
  /** How terraform reaches the sandbox: TF_REATTACH_PROVIDERS. */
  readonly providers?: Readonly<Record<string, string>>;
  /** Values of the stack's variables; what is not a string goes as JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Of clouds, clusters and servers, such as AWS_SESSION_TOKEN. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Folder with provider packages, used instead of a registry. */
  readonly providerMirror?: string;
}

/** Names that may come in by each door; any other is a fault of the caller. */
const allowed = {
  state: /^TF_HTTP_[A-Z_]+$/,
  providers: /^TF_REATTACH_PROVIDERS$/,
  variables: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  credentials:
    /^(AWS_[A-Z0-9_]+|KUBE_[A-Z_]+|PGUSER|PGPASSWORD|DOCKER_HOST|HTTPS_PROXY|NO_PROXY|SSL_CERT_FILE)$/,
} as const;

/** The state server may be away for some seconds in mid-apply without harm. */
const stateRetries = { TF_HTTP_RETRY_MAX: '20', TF_HTTP_RETRY_WAIT_MIN: '1', TF_HTTP_RETRY_WAIT_MAX: '3' };

/**
 * Without provider processes below it (they would inherit this, and hold much) terraform lives for less than a second and
 * holds little: collecting its garbage less often saves a sixth of its time for 30 MB. https://pkg.go.dev/runtime
 */
const shortLived = { GOGC: '400' };

/**
 * The whole environment of a terraform process, from an allow-list: nothing comes from our own environment. Writes
 * terraform's settings file into the work directory, so that the machine's is not read.
 */
export async function buildTerraformEnv(props: TerraformEnvProps): Promise<Record<string, string>> {
  const cliConfig = join(props.workDir, 'terraform.rc');
  await writeFile(cliConfig, mirrorBlock(props.providerMirror), { mode: 0o600 });
  return {
    PATH: props.path ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: props.workDir,
    TMPDIR: props.workDir,
    LANG: 'C.UTF-8',
    TF_CLI_CONFIG_FILE: cliConfig,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    ...(props.state === undefined ? {} : stateRetries),
    ...checked('state', props.state),
    ...(props.providers?.TF_REATTACH_PROVIDERS === undefined ? {} : shortLived),
    ...checked('providers', props.providers),
    ...variableEnv(checked('variables', props.variables)),
    ...checked('credentials', props.credentials),
  };
}

function checked<T>(
  door: keyof typeof allowed,
  values: Readonly<Record<string, T>> = {},
): Readonly<Record<string, T>> {
  const refused = Object.keys(values).filter((name) => !allowed[door].test(name));
  if (refused.length > 0)
    throw new Error(`not allowed among ${door} of terraform's environment: ${refused.join(', ')}`);
  return values;
}

function variableEnv(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, text(value)]),
  );
}

function mirrorBlock(folder: string | undefined): string {
  if (folder === undefined) return '';
  return `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n  }\n}\n`;
}
