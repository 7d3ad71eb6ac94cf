import { AppError, appError } from '../errors/app-error.js';
import { codeOf } from '../errors/error-code.js';

/** SQLSTATEs and socket codes that speak of the connection, not of the statement. */
const connectionCodes = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  ...['57P01', '57P02', '57P03', '57P05', '53300', '25P03'],
]);
const connectionTexts =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|The server does not support SSL|Client was closed)/;

/** `database_unavailable` when the error is a matter of the connection, or of a full disk; any other error as it came. */
export function translateDbError(error: unknown): unknown {
  if (codeOf(error) === '53100')
    return appError('database_unavailable', 'PostgreSQL has no space left on its disk: make room there', {
      detail: error instanceof Error ? error.message : undefined,
      cause: error,
    });
  if (error instanceof AppError || !isConnectionError(error)) return error;
  const detail = error instanceof Error ? error.message || String(codeOf(error)) : String(error);
  return appError('database_unavailable', 'PostgreSQL does not answer', { detail, cause: error });
}

/** True for a violated constraint; with a name, of that constraint (or unique index) alone. */
export function isConstraintError(error: unknown, constraint?: string): boolean {
  const code = codeOf(error);
  if (typeof code !== 'string' || !code.startsWith('23')) return false;
  return constraint === undefined || (error as { constraint?: unknown }).constraint === constraint;
}

function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof code === 'string' && (connectionCodes.has(code) || code.startsWith('08'))) return true;
  return error instanceof Error && connectionTexts.test(error.message);
}
