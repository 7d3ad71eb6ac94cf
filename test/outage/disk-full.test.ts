/** The disk of the work directories is full, on the whole product. */
import { afterAll, expect, test } from '@jest/globals';
import { apiOf, type Api, type Json } from '../support/api.js';
import { smallDisk, type SmallDisk } from '../support/small-disk.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

const disk = smallDisk();
const whenMounted = 'reason' in disk ? test.skip : test;
const why = 'reason' in disk ? ` (skipped: ${disk.reason})` : '';
const home = await makeServedHome();
let terrace: Terrace | undefined;
afterAll(async () => {
  await terrace?.stop();
  if (!('reason' in disk)) disk.remove();
  await removeHome(home);
});

const asked = async (api: Api): Promise<{ at: string; run: string }> => {
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  return { at: `/api/v1/environments/${body.environment_id}`, run: `/api/v1/runs/${body.run_id}` };
};

whenMounted(
  `runs wait for room, say so, and go on when there is; one that waited too long fails and is retried${why}`,
  async () => {
    const { folder, fill, free } = disk as SmallDisk;
    const env = { WORKDIR_BASE: folder, RETRY_ATTEMPTS: '3', RETRY_FIRST_WAIT: '2', SWEEP_SECONDS: '1' };
    terrace = await startTerrace(home, env);
    const api = apiOf(terrace);
    fill();
    const patient = await asked(api);
    const { attempts } = await api.until(patient.run, (run) => run.attempts.length > 0);
    expect(attempts[0]).toMatchObject({
      step: 'plan',
      code: 'disk_full',
      message:
        "no space is left on the worker's disk, in WORKDIR_BASE: make room there, or set WORKDIR_BASE to a larger disk; then retry",
    });
    free();
    const ready = ({ status }: Json) => status === 'ready';
    expect(await api.until(patient.at, ready)).toMatchObject({ error: null });

    fill();
    const { at, run } = await asked(api);
    expect(await api.until(at, ({ status }) => status === 'failed')).toMatchObject({
      error: { code: 'disk_full', blame: 'platform', retryable: true },
    });
    expect((await api.get(run)).attempts).toHaveLength(2);
    const { account_id: account } = await api.request();
    expect(await api.get(`/api/v1/accounts/${account}`)).toMatchObject({ breakers: [] });
    free();
    expect((await api.call('POST', `${at}/retry`)).status).toBe(202);
    await api.until(at, ready);
  },
  120_000,
);
