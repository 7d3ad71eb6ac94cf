import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on standard error, times in UTC; credentials never reach a line because headers are not logged at all. */
export function createLog(level: string, service: string): Log {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
