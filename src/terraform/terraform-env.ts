import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The state backend of one run, on the worker's loopback. */
export interface StateAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface TerraformEnvProps {
  readonly workDir: string;
  /** PATH of the machine: provisioners and credential helpers need one. @default the usual system folders */
  readonly path?: string;
  readonly state?: StateAddress;
  /** The value of TF_REATTACH_PROVIDERS: how terraform reaches the sandbox. */
  readonly reattachProviders?: string;
  /** Values of the stack's variables; what is not a string goes as JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Cloud credentials, such as AWS_SESSION_TOKEN; other names are refused. */
  readonly credentials?: Readonly<Record<string, string>>;
}

const credentialNames = /^(AWS_[A-Z_]+|KUBE_[A-Z_]+|HTTPS_PROXY|NO_PROXY|SSL_CERT_FILE)$/;
const cliConfigName = 'terraform.rc';

/**
 * The whole environment of a terraform process, from an allow-list: nothing comes from our own environment.
 * The retries let a state server be away for some seconds in mid-apply without harm.
 */
export function buildTerraformEnv(props: TerraformEnvProps): Record<string, string> {
  const refused = Object.keys(props.credentials ?? {}).filter((name) => !credentialNames.test(name));
  if (refused.length > 0)
    throw new Error(`not a credential of terraform's environment: ${refused.join(', ')}`);
  return {
    PATH: props.path ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: props.workDir,
    TMPDIR: props.workDir,
    LANG: 'C.UTF-8',
    TF_CLI_CONFIG_FILE: join(props.workDir, cliConfigName),
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    ...stateEnv(props.state),
    ...(props.reattachProviders === undefined ? {} : { TF_REATTACH_PROVIDERS: props.reattachProviders }),
    ...Object.fromEntries(
      Object.entries(props.variables ?? {}).map(([name, value]) => [
        `TF_VAR_${name}`,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
    ...props.credentials,
  };
}

/** Writes terraform's own settings file: the machine's is not read. A mirror is a folder with provider packages. */
export async function writeCliConfig(workDir: string, providerMirror?: string): Promise<void> {
  const mirror = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(providerMirror)}\n  }\n}\n`;
  await writeFile(join(workDir, cliConfigName), providerMirror === undefined ? '' : mirror, { mode: 0o600 });
}

function stateEnv(state: StateAddress | undefined): Record<string, string> {
  if (state === undefined) return {};
  return {
    TF_HTTP_ADDRESS: state.url,
    TF_HTTP_LOCK_ADDRESS: state.url,
    TF_HTTP_UNLOCK_ADDRESS: state.url,
    TF_HTTP_USERNAME: state.username,
    TF_HTTP_PASSWORD: state.password,
    TF_HTTP_RETRY_MAX: '20',
    TF_HTTP_RETRY_WAIT_MIN: '1',
    TF_HTTP_RETRY_WAIT_MAX: '3',
  };
}
