import type { RequestHandler } from 'express';
import type { Log } from '../src/log/log.js';
import { locals } from './locals.js';
import type { Metrics } from './metrics.js';

const quiet = new Set(['/health', '/ready', '/metrics']);

/** One log line and one metric per answered request. Query, headers and bodies are not logged: they may hold secrets. */
export function accessLog(log: Log, metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const { requestId, principal, endpoint = 'unknown', errorCode } = locals(res);
      const durationMs = performance.now() - startedAt;
      const status = res.writableFinished ? res.statusCode : 499;
      metrics.observe({ method: req.method, endpoint, status, seconds: durationMs / 1000 });
      const line = {
        correlation_id: requestId,
        method: req.method,
        path: req.path.slice(0, 200),
        status,
        duration_ms: Math.round(durationMs * 10) / 10,
        ...(errorCode === undefined ? {} : { code: errorCode }),
        ...(principal === undefined ? {} : { token_id: principal.tokenId, tenant_id: principal.tenantId }),
      };
      log[quiet.has(endpoint) ? 'debug' : 'info'](line, 'request');
    });
    next();
  };
}
