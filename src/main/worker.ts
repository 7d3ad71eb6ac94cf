import { openPlatform } from './platform.js';
import { runService } from './run-process.js';
import { startWorkerProcess } from './start-worker.js';

/** `npm run start:worker`: a worker alone; any number of them share one DATABASE_URL. */
await runService('terrace-worker', async (config, log) => {
  const platform = await openPlatform(config, log);
  const worker = await startWorkerProcess(platform);
  process.stdout.write('terrace worker ready\n');
  return {
    close: async () => {
      await worker.close();
      await platform.close();
    },
  };
});
