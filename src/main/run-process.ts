/** The life of a process: start, serve until told to stop, stop in order; a failed start says why in one line. */
import { readConfig, type Config } from '../config/config.js';
import { toAppError } from '../errors/app-error.js';
import { createLog, type Log } from '../log/log.js';

export interface Service {
  close(): Promise<void>;
}

/** Starts `service` and stops it on SIGTERM or SIGINT; exits 1 with the error's code and text when it cannot start. */
export async function runService(
  name: string,
  start: (config: Config, log: Log) => Promise<Service>,
): Promise<void> {
  try {
    const config = readConfig();
    const log = createLog(config.LOG_LEVEL, name);
    const starting = start(config, log);
    stopOnSignals(starting, log);
    await starting;
  } catch (thrown) {
    const error = toAppError(thrown);
    const detail = error.detail === undefined ? '' : `\n${error.detail}`;
    process.stderr.write(`terrace cannot start: ${error.message} (${error.code})${detail}\n`);
    process.exit(1);
  }
}

/** Listens from the first moment: told to stop while it starts, it starts and then stops in order. */
function stopOnSignals(starting: Promise<Service>, log: Log): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    starting
      .then((service) => service.close())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
