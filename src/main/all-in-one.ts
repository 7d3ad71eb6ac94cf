import { startApi } from './start-api.js';
import { startWorkerProcess } from './start-worker.js';
import { openPlatform } from './platform.js';
import { runService } from './run-process.js';

/** `npm start`: api, worker and embedded PostgreSQL in one process. */
await runService('terrace', async (config, log) => {
  const platform = await openPlatform(config, log);
  try {
    const worker = await startWorkerProcess(platform);
    const api = await startApi(platform);
    process.stdout.write(`terrace listening on ${api.url}\n`);
    return {
      close: async () => {
        await api.close();
        await worker.close();
        await platform.close();
      },
    };
  } catch (error) {
    await platform.close();
    throw error;
  }
});
