import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { appError } from '../errors/app-error.js';
import type { Log } from '../log/log.js';
import { installTerraform } from './install.js';
import { runProcess } from './process.js';

export interface Tool {
  /** Absolute path. */
  readonly bin: string;
  /** Such as `1.11.4`. */
  readonly version: string;
  readonly flavor: 'terraform' | 'tofu';
}

export interface LocateProps {
  /** TERRAFORM_BIN: taken as it is, nothing else is tried. */
  readonly bin?: string;
  /** TERRACE_HOME: `bin/terraform` below it is tried last, and made when nothing is found. */
  readonly home: string;
  /** PATH of the machine. */
  readonly path: string;
  readonly log: Log;
  /** Where a release is fetched from. @default the vendor's release site */
  readonly releaseSite?: string;
}

export const leastVersion = '1.9.0';

/** The terraform or tofu to use, its version checked. Throws `terraform_missing` or `terraform_too_old`. */
export async function findTerraform(props: LocateProps): Promise<Tool> {
  if (props.bin !== undefined) {
    const bin = resolve(props.bin);
    if (!(await isExecutable(bin)))
      throw appError(
        'terraform_missing',
        `TERRAFORM_BIN is ${props.bin}, which is not a program that can be run`,
      );
    return inspect(bin);
  }
  const own = join(resolve(props.home), 'bin', 'terraform');
  for (const candidate of [...onPath(props.path), own])
    if (await isExecutable(candidate)) return inspect(candidate);
  props.log.info(
    { folder: join(props.home, 'bin') },
    'no terraform on the PATH; fetching the pinned release',
  );
  return inspect(
    await installTerraform({ binFolder: join(resolve(props.home), 'bin'), releaseSite: props.releaseSite }),
  );
}

function onPath(path: string): string[] {
  const folders = path.split(delimiter).filter((folder) => folder.startsWith('/'));
  return ['terraform', 'tofu'].flatMap((name) => folders.map((folder) => join(folder, name)));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function inspect(bin: string): Promise<Tool> {
  const lines: string[] = [];
  const result = await runProcess({
    bin,
    argv: ['version'],
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', CHECKPOINT_DISABLE: '1' },
    timeoutMs: 30_000,
    graceMs: 2_000,
    onLine: (line) => void lines.push(line),
  });
  const match = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+\S*)/m.exec(lines.join('\n'));
  if (result.exitCode !== 0 || match === null)
    throw appError(
      'terraform_missing',
      `${bin} is neither terraform nor tofu: install one on the PATH, or set TERRAFORM_BIN`,
      {
        detail: lines.join('\n').slice(0, 2_000),
      },
    );
  const [, product, version = ''] = match;
  if (isOlder(version, leastVersion))
    throw appError(
      'terraform_too_old',
      `${product} ${version} at ${bin} is too old: install ${leastVersion} or newer, or set TERRAFORM_BIN`,
    );
  return { bin, version, flavor: product === 'OpenTofu' ? 'tofu' : 'terraform' };
}

function isOlder(version: string, least: string): boolean {
  const [a = [], b = []] = [version, least].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const different = b.findIndex((number, index) => number !== a[index]);
  return different >= 0 && (a[different] ?? 0) < (b[different] ?? 0);
}
