import { startApi } from './start-api.js';
import { startWorkerProcess } from './start-worker.js';
import { openPlatform } from './platform.js';
import { runService, type Service } from './run-process.js';

/** `npm start`: api, worker and embedded PostgreSQL in one process. */
await runService('terrace', async (config, log) => {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const kept = <S extends Service>(service: S): S => {
    closers.push(() => service.close());
    return service;
  };
  try {
    const platform = kept(await openPlatform(config, log));
    kept(await startWorkerProcess(platform));
    const api = kept(await startApi(platform));
    process.stdout.write(`terrace listening on ${api.url}\n`);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
});
