import { once } from 'node:events';
import type { Response } from 'express';
import type { Answer } from './route.js';

export interface Sending {
  readonly usualStatus: number;
  /** Whether the caller may still listen to a stream; asked again and again while it lasts. */
  readonly mayListen: () => Promise<boolean>;
  readonly listenCheckMs: number;
  readonly draining?: AbortSignal;
}

/** Sends what a handler gave back. */
export async function sendAnswer(res: Response, answer: Answer<unknown>, sending: Sending): Promise<void> {
  res.status(answer.status ?? sending.usualStatus);
  if ('stream' in answer) {
    res.set({ 'Content-Type': answer.contentType, ...answer.headers });
    return sendStream(res, answer.stream, sending);
  }
  const json = 'body' in answer;
  const bytes = Buffer.from(json ? JSON.stringify(answer.body) : answer.text);
  res.set({
    'Content-Type': json ? 'application/json; charset=utf-8' : answer.contentType,
    'Content-Length': String(bytes.length),
    ...answer.headers,
  });
  res.end(bytes);
}

const never = new AbortController().signal;

type Pump = Extract<Answer<unknown>, { stream: unknown }>['stream'];

async function sendStream(res: Response, pump: Pump, sending: Sending): Promise<void> {
  const gone = new AbortController();
  res.on('close', () => gone.abort());
  if (res.req.method === 'HEAD') {
    res.end();
    return;
  }
  res.flushHeaders();
  const check = setInterval(
    () => void sending.mayListen().then((may) => may || gone.abort()),
    sending.listenCheckMs,
  );
  try {
    await pump({
      signal: gone.signal,
      draining: sending.draining ?? never,
      write: (chunk) => void res.write(chunk),
      drained: () => drained(res, gone.signal),
    });
  } finally {
    clearInterval(check);
    res.end();
  }
}

async function drained(res: Response, signal: AbortSignal): Promise<void> {
  if (res.writableNeedDrain && !signal.aborted) await once(res, 'drain', { signal }).catch(() => undefined);
}
