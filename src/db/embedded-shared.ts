import { AppError } from '../errors/app-error.js';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedProps } from './embedded.js';
import { superuser } from './embedded-init.js';
import { readSettings } from './embedded-settings.js';

/** The server of this home: the one that a running process has, which is then left running, or else one started for now. */
export async function shareEmbeddedPostgres(props: EmbeddedProps): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres(props);
  } catch (fault) {
    if (!(fault instanceof AppError) || fault.code !== 'home_in_use') throw fault;
    const { port, password } = await readSettings(props.home);
    return {
      url: `postgres://${superuser}:${password}@127.0.0.1:${port}/terrace`,
      stop: () => Promise.resolve(),
    };
  }
}
