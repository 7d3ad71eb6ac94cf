/** The HTTP server under the app: who sends slowly, too much or nonsense is let go before it costs anything. */
import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { appError } from '../src/errors/app-error.js';
import type { ErrorCode } from '../src/errors/codes.js';
import { newId } from '../src/lib/ids.js';
import { problemOf } from './problem.js';

export interface ServerTimes {
  /** From the first byte of a request to the last of its headers. @default 10 s */
  readonly headersMs?: number;
  /** From the first byte of a request to the last of its body. @default 30 s */
  readonly requestMs?: number;
  /** Between two requests on one connection. @default 65 s: longer than the usual proxy keeps one */
  readonly idleMs?: number;
  /** Without a byte in either direction while an answer is under way; event streams send one every 15 s. @default 120 s */
  readonly silenceMs?: number;
  /** How often the first two are looked at. @default 1 s */
  readonly checkMs?: number;
}

const maxHeaderBytes = 16_384;
const maxHeaders = 100;

/** A server with a limit on each thing that a client can draw out; what it cuts off gets problem details (RFC 9457) first. */
export function createHardenedServer(app: RequestListener, times: ServerTimes = {}): Server {
  const { headersMs = 10_000, requestMs = 30_000, idleMs = 65_000, silenceMs = 120_000 } = times;
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: times.checkMs ?? 1000,
      maxHeaderSize: maxHeaderBytes,
    },
    app,
  );
  server.maxHeadersCount = maxHeaders;
  server.setTimeout(silenceMs);
  server.on('clientError', (fault: NodeJS.ErrnoException, socket) => refuse(fault, socket));
  return server;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request_timeout',
    detail: 'the request did not arrive in time: send it without pauses',
  },
  HPE_HEADER_OVERFLOW: {
    code: 'headers_too_large',
    detail: `the headers are larger than ${maxHeaderBytes} bytes: send less`,
  },
};
const malformed: Refusal = { code: 'malformed_request', detail: 'this is no HTTP/1.1 request' };

function refuse(fault: NodeJS.ErrnoException, socket: Duplex): void {
  if (fault.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, detail } = refusals[fault.code ?? ''] ?? malformed;
  const error = appError(code, detail);
  const body = JSON.stringify(problemOf(error, newId('request')));
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
      'Connection: close',
      'Cache-Control: no-store',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
