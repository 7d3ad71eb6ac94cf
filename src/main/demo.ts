import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runDemo } from '../../api/demo.js';
import { readConfigWith } from '../config/config.js';
import { toAppError } from '../errors/app-error.js';
import { projectRoot } from '../lib/project-root.js';
import { createLog } from '../log/log.js';
import { openPlatform } from './platform.js';
import { startApi } from './start-api.js';
import { startWorkerProcess } from './start-worker.js';

/** `make demo`: everything embedded in a home of its own, the main job through the REST API, then all of it gone. */
async function demo(): Promise<void> {
  const home = join(projectRoot, '.terrace', 'demo');
  await rm(home, { recursive: true, force: true });
  const config = readConfigWith({
    TERRACE_HOME: home,
    PORT: '0',
    DATABASE_URL: '',
    REDIS_URL: '',
    SANDBOX: 'on',
  });
  const started = Date.now();
  const platform = await openPlatform(config, createLog('warn', 'terrace-demo'));
  try {
    const worker = await startWorkerProcess(platform);
    const api = await startApi(platform);
    print(`terrace listening on ${api.url} after ${Date.now() - started} ms, PostgreSQL made from nothing`);
    const token = (await readFile(join(home, 'token'), 'utf8')).trim();
    await runDemo({ baseUrl: api.url, token, print });
    await api.close();
    await worker.close();
  } finally {
    await platform.close();
  }
  await rm(home, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

demo().then(
  () => process.exit(0),
  (thrown: unknown) => {
    const error = toAppError(thrown);
    const text = error.code === 'internal' ? String(thrown) : error.message;
    process.stderr.write(`demo failed: ${text}\n${error.detail ?? ''}\n`);
    process.exit(1);
  },
);
