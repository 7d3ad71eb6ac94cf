import type { Request } from 'express';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '../src/lib/page.js';
import type { Stream } from './route.js';

const pollMs = 300;
const heartbeatMs = 15_000;
const comeBackMs = 1000;

export function wantsStream(req: Request): boolean {
  return req.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}

export interface Followed<T, V extends { readonly sequence: number }> {
  /** The page after a sequence number, oldest first. */
  read(after: string): Promise<Page<T>>;
  view(item: T): V;
  /** Whether nothing more will come once all has been read. */
  isOver?(): Promise<boolean>;
}

/**
 * Server-sent events (WHATWG HTML 9.2): every item as one message whose `id:` is its sequence, from after `Last-Event-ID` on,
 * with a comment every 15 s so that proxies keep the line open. Ends when the caller goes, when nothing more will come, or when
 * the server is about to end: then `retry:` says when to come back.
 */
export function follow<T, V extends { readonly sequence: number }>(req: Request, followed: Followed<T, V>) {
  const given = req.get('last-event-id') ?? '';
  const start = /^[0-9]{1,15}$/.test(given) ? given : '0';
  return {
    contentType: 'text/event-stream; charset=utf-8',
    headers: { 'X-Accel-Buffering': 'no' },
    stream: (stream: Stream) => pump(stream, start, followed),
  };
}

async function pump<T, V extends { readonly sequence: number }>(
  { signal, draining, write }: Stream,
  start: string,
  followed: Followed<T, V>,
): Promise<void> {
  let after = start;
  let lastWriteMs = Date.now();
  write(': follow\n\n');
  const pause = AbortSignal.any([signal, draining]);
  while (!signal.aborted) {
    const over = (await followed.isOver?.()) ?? false;
    const page = await followed.read(after);
    for (const item of page.items) {
      const view = followed.view(item);
      after = String(view.sequence);
      write(`id: ${after}\ndata: ${JSON.stringify(view)}\n\n`);
      lastWriteMs = Date.now();
    }
    if (page.nextCursor !== null) continue;
    if (over) return write('event: end\ndata: {}\n\n');
    if (Date.now() - lastWriteMs >= heartbeatMs) {
      write(': still here\n\n');
      lastWriteMs = Date.now();
    }
    if (draining.aborted) return write(`retry: ${comeBackMs}\n: this server is stopping\n\n`);
    await delay(pollMs, undefined, { signal: pause }).catch(() => undefined);
  }
}
