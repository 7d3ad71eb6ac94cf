import type { ErrorRequestHandler, Response } from 'express';
import { AppError, appError, toAppError } from '../src/errors/app-error.js';
import type { Log } from '../src/log/log.js';
import { locals, setLocals } from './locals.js';
import type { RequestAudit } from './request-audit.js';

/** RFC 9457 problem details of an error: public text only. An extra `status` (of a run, say) is told as `current_status`. */
export function problemOf(error: AppError, requestId: string): Record<string, unknown> {
  const { status: currentStatus, ...extra } = error.extra;
  return {
    ...extra,
    ...(currentStatus === undefined ? {} : { current_status: currentStatus }),
    type: `urn:terrace:error:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.publicMessage,
    request_id: requestId,
    errors: error.errors,
  };
}

/** The one place where an error becomes an answer. Faults of ours are logged here, once. */
export function problems(log: Log, audit: RequestAudit): ErrorRequestHandler {
  return async (thrown: unknown, req, res, next) => {
    const error = translate(thrown);
    const { requestId } = locals(res);
    setLocals(res, { errorCode: error.code });
    if (error.status >= 500)
      log.error(
        { correlation_id: requestId, code: error.code, detail: error.detail, err: error.cause },
        error.message,
      );
    await audit.refusal(error, req, res);
    if (res.headersSent) {
      next(thrown);
      return;
    }
    sendProblem(res, error);
  };
}

function sendProblem(res: Response, error: AppError): void {
  const bytes = Buffer.from(JSON.stringify(problemOf(error, locals(res).requestId)));
  res.status(error.status);
  res.set({
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(bytes.length),
  });
  if (error.retryable && error.status === 503) res.set('Retry-After', '5');
  res.end(bytes);
}

/** Errors of Express and its body parser in our words; the rest by `toAppError`. */
function translate(thrown: unknown): AppError {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return toAppError(thrown);
  const { type, status } = thrown as Error & { type?: string; status?: number };
  if (type === 'entity.parse.failed')
    return appError('malformed_json', `the body is not JSON: ${thrown.message}`);
  if (type === 'entity.too.large') return appError('body_too_large', 'the body is larger than 1 MiB');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return appError('unsupported_media_type', `the body must be JSON in UTF-8: ${thrown.message}`);
  if (type === 'request.aborted' || type === 'request.size.invalid')
    return appError('malformed_json', 'the body ended before it was complete');
  if (status === 400 && thrown.message.startsWith('Failed to decode param'))
    return appError('not_found', 'the path is not well-formed: a % is not followed by two hex digits');
  if (status === 400) return appError('malformed_json', 'the body could not be read');
  return toAppError(thrown);
}
