import { openPlatform } from './platform.js';
import { runService } from './run-process.js';
import { startApi } from './start-api.js';

/** `npm run start:api`: the REST API alone; any number of them share one DATABASE_URL. */
await runService('terrace-api', async (config, log) => {
  const platform = await openPlatform(config, log);
  const api = await startApi(platform);
  process.stdout.write(`terrace listening on ${api.url}\n`);
  return {
    close: async () => {
      await api.close();
      await platform.close();
    },
  };
});
