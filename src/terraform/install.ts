import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { AppError, appError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import { pinnedSums, pinnedVersion } from './release-sums.js';

export interface InstallProps {
  /** Folder that receives `terraform`. */
  readonly binFolder: string;
  /** @default the vendor's release site */
  readonly releaseSite?: string;
  /** @default the pinned table of the code */
  readonly sums?: Readonly<Record<string, string>>;
  /** `linux_amd64`. @default this machine's */
  readonly platform?: string;
  /** For each of the two downloads. @default 120_000 */
  readonly timeoutMs?: number;
}

const advice = `install terraform ${pinnedVersion} (or tofu) on the PATH, or set TERRAFORM_BIN`;

/**
 * Fetches the pinned release, checks its SHA-256 against the table in the code and against the release's SHA256SUMS,
 * and puts the program into `binFolder` by rename. Returns its path. Throws `terraform_missing` that says what to install.
 */
export async function installTerraform(props: InstallProps): Promise<string> {
  const platform = props.platform ?? thisPlatform();
  const pinned = (props.sums ?? pinnedSums)[platform];
  if (pinned === undefined) throw missing(`there is no pinned release for ${platform}`);
  const site = props.releaseSite ?? 'https://releases.hashicorp.com/terraform';
  if (!isTrustedUrl(site)) throw missing('the release site must be https');
  const name = `terraform_${pinnedVersion}_${platform}.zip`;
  const folder = `${site}/${pinnedVersion}`;
  const timeoutMs = props.timeoutMs ?? 120_000;
  const [zip, sums] = await Promise.all([
    download(`${folder}/${name}`, timeoutMs),
    download(`${folder}/terraform_${pinnedVersion}_SHA256SUMS`, timeoutMs),
  ]);
  const actual = sha256(zip);
  if (actual !== pinned)
    throw missing(`the SHA-256 of ${name} is ${actual}, expected ${pinned}; it was not used`);
  if (
    !sums
      .toString('utf8')
      .split('\n')
      .some((line) => line.trim() === `${actual}  ${name}`)
  )
    throw missing(`SHA256SUMS of the release does not confirm ${name}; it was not used`);
  return unzipTerraform(zip, props.binFolder);
}

function thisPlatform(): string {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  return `${process.platform}_${arch}`;
}

function isTrustedUrl(text: string): boolean {
  const url = new URL(text);
  return url.protocol === 'https:' || url.hostname === '127.0.0.1';
}

async function download(url: string, timeoutMs: number): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!isTrustedUrl(response.url)) throw new Error('led away from https');
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw missing(`the release could not be fetched (${reasonOf(error)})`, error);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function unzipTerraform(zip: Buffer, binFolder: string): Promise<string> {
  const target = join(binFolder, 'terraform');
  const temporary = `${target}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await mkdir(binFolder, { recursive: true });
  try {
    await extract(zip, temporary);
    await rename(temporary, target);
    return target;
  } catch (error) {
    throw error instanceof AppError
      ? error
      : missing(`the release could not be unpacked (${reasonOf(error)})`, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function extract(zip: Buffer, path: string): Promise<void> {
  const archive = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(zip, { lazyEntries: true }, (error, file) => (error ? reject(error) : resolve(file))),
  );
  const entry = await findEntry(archive);
  const content = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    archive.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  );
  await pipeline(content, createWriteStream(path, { mode: 0o755, flags: 'wx' }));
}

function findEntry(archive: ZipFile): Promise<Entry> {
  return new Promise((resolve, reject) => {
    archive.on('error', reject);
    archive.on('end', () => reject(new Error('no terraform inside')));
    archive.on('entry', (entry: Entry) => {
      if (entry.fileName === 'terraform') resolve(entry);
      else archive.readEntry();
    });
    archive.readEntry();
  });
}

function missing(why: string, cause?: unknown): AppError {
  return appError('terraform_missing', `no terraform was found, and ${why}: ${advice}`, { cause });
}
