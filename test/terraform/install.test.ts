import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/lib/hash.js';
import { createLog } from '../../src/log/log.js';
import { installTerraform } from '../../src/terraform/install.js';
import { findTerraform } from '../../src/terraform/locate.js';
import { pinnedSums, pinnedVersion } from '../../src/terraform/release-sums.js';
import { script, serveFiles, tempFolder, terraformBin, type FileServer } from './support.js';
import { zipOf } from './zip.js';

const log = createLog('silent', 'test');
const advice = `install terraform ${pinnedVersion} (or tofu) on the PATH, or set TERRAFORM_BIN`;
const zipName = `terraform_${pinnedVersion}_linux_amd64.zip`;
const program = Buffer.from('#!/bin/sh\necho "Terraform v1.11.4"\n');
const zip = zipOf('terraform', program);
const sumsName = `/${pinnedVersion}/terraform_${pinnedVersion}_SHA256SUMS`;
const sums = { linux_amd64: sha256(zip) };

let folder: string;
let remove: () => void;
let server: FileServer | undefined;
beforeEach(() => {
  ({ folder, remove } = tempFolder());
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  remove();
});

async function install(
  files: Record<string, Buffer | string>,
  pinned: Record<string, string> = sums,
): Promise<string> {
  server = await serveFiles(files);
  return installTerraform({
    binFolder: join(folder, 'bin'),
    releaseSite: server.url,
    sums: pinned,
    platform: 'linux_amd64',
  });
}

function left(): string[] {
  return existsSync(join(folder, 'bin')) ? readdirSync(join(folder, 'bin')) : [];
}

describe('fetching the pinned release', () => {
  test('the program lands in the folder, executable, and nothing else', async () => {
    const bin = await install({
      [`/${pinnedVersion}/${zipName}`]: zip,
      [sumsName]: `${sha256(zip)}  ${zipName}\n`,
    });
    expect(bin).toBe(join(folder, 'bin', 'terraform'));
    expect(readFileSync(bin)).toEqual(program);
    expect(statSync(bin).mode & 0o777).toBe(0o755);
    expect(left()).toEqual(['terraform']);
  });

  test('another SHA-256 than the pinned one is refused', async () => {
    const files = { [`/${pinnedVersion}/${zipName}`]: zip, [sumsName]: `${sha256(zip)}  ${zipName}\n` };
    const wrong = 'a'.repeat(64);
    await expect(install(files, { linux_amd64: wrong })).rejects.toMatchObject({
      code: 'terraform_missing',
      message: `no terraform was found, and the SHA-256 of ${zipName} is ${sha256(zip)}, expected ${wrong}; it was not used: ${advice}`,
    });
    expect(left()).toEqual([]);
  });

  test('a checksum file that does not confirm it is refused', async () => {
    const files = { [`/${pinnedVersion}/${zipName}`]: zip, [sumsName]: `${'b'.repeat(64)}  ${zipName}\n` };
    await expect(install(files)).rejects.toThrow(
      `SHA256SUMS of the release does not confirm ${zipName}; it was not used`,
    );
    expect(left()).toEqual([]);
  });

  test('a zip without terraform, or a broken one, leaves nothing', async () => {
    for (const bad of [zipOf('readme', program), Buffer.from('not a zip')]) {
      const files = { [`/${pinnedVersion}/${zipName}`]: bad, [sumsName]: `${sha256(bad)}  ${zipName}\n` };
      await expect(install(files, { linux_amd64: sha256(bad) })).rejects.toThrow(
        /could not be unpacked .*: install terraform/,
      );
      await server?.close();
      expect(left()).toEqual([]);
    }
  });

  test('a site that does not have it, or does not answer, says what to install', async () => {
    await expect(install({})).rejects.toThrow(
      `no terraform was found, and the release could not be fetched (HTTP 404): ${advice}`,
    );
    const url = server?.url;
    await server?.close();
    server = undefined;
    const offline = installTerraform({ binFolder: folder, releaseSite: url, sums, platform: 'linux_amd64' });
    await expect(offline).rejects.toMatchObject({ code: 'terraform_missing' });
    await expect(offline).rejects.toThrow(advice);
  });

  test('plain http and unknown platforms are refused before anything is fetched', async () => {
    const plain = installTerraform({
      binFolder: folder,
      releaseSite: 'http://example.test',
      sums,
      platform: 'linux_amd64',
    });
    await expect(plain).rejects.toThrow('the release site must be https');
    const other = installTerraform({ binFolder: folder, platform: 'plan9_mips' });
    await expect(other).rejects.toThrow(`there is no pinned release for plan9_mips: ${advice}`);
  });

  test('every pinned sum is a SHA-256', () => {
    expect(Object.keys(pinnedSums).sort()).toEqual([
      'darwin_amd64',
      'darwin_arm64',
      'linux_amd64',
      'linux_arm64',
    ]);
    for (const sum of Object.values(pinnedSums)) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('finding terraform', () => {
  const find = (more: Partial<Parameters<typeof findTerraform>[0]>) =>
    findTerraform({
      home: join(folder, 'home'),
      path: folder,
      log,
      releaseSite: 'http://127.0.0.1:9',
      ...more,
    });

  test('the real one is found on the path with its version', async () => {
    const bin = terraformBin();
    const found = await find({ path: `relative:${folder}:${bin.slice(0, bin.lastIndexOf('/'))}` });
    expect(found).toMatchObject({ bin, flavor: 'terraform' });
    expect(found.version).toMatch(/^1\.\d+\.\d+$/);
  });

  test('tofu serves where there is no terraform', async () => {
    const bin = script(folder, 'tofu', 'echo "OpenTofu v1.10.2"; echo "on linux_amd64"');
    expect(await find({})).toEqual({ bin, version: '1.10.2', flavor: 'tofu' });
  });

  test('what was fetched before is used again', async () => {
    await install({ [`/${pinnedVersion}/${zipName}`]: zip, [sumsName]: `${sha256(zip)}  ${zipName}\n` });
    expect(await find({ home: folder, path: '/nowhere' })).toMatchObject({
      bin: join(folder, 'bin', 'terraform'),
    });
  });

  test.each([
    ['v1.8.5', true],
    ['v0.15.9', true],
    ['v1.9.0-rc1', false],
    ['v1.9.0', false],
    ['v1.11.4', false],
    ['v2.0.0', false],
  ])('%s too old: %s', async (version, tooOld) => {
    const bin = script(folder, 'terraform', `echo "Terraform ${version}"`);
    if (!tooOld) return expect(await find({})).toMatchObject({ bin, version: version.slice(1) });
    await expect(find({})).rejects.toMatchObject({
      code: 'terraform_too_old',
      message: `Terraform ${version.slice(1)} at ${bin} is too old: install 1.9.0 or newer, or set TERRAFORM_BIN`,
    });
  });

  test('TERRAFORM_BIN that is not there, or is something else, is told', async () => {
    await expect(find({ bin: '/nowhere/terraform' })).rejects.toMatchObject({
      code: 'terraform_missing',
      message: 'TERRAFORM_BIN is /nowhere/terraform, which is not a program that can be run',
    });
    const bin = script(folder, 'other', 'echo hello');
    await expect(find({ bin })).rejects.toMatchObject({
      code: 'terraform_missing',
      message: `${bin} is neither terraform nor tofu: install one on the PATH, or set TERRAFORM_BIN`,
    });
  });

  test('nothing found and nothing to fetch from: the text says what to install', async () => {
    await expect(find({})).rejects.toThrow(advice);
  });
});
