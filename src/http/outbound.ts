/*
 * Calls to addresses that others have a say in: an identity provider, the receiver of a webhook. Where a name leads is checked on
 * the very addresses that the connection is then made to, so that a name that changes its mind between check and call gains
 * nothing. No redirect is followed, no proxy asked, no connection used twice; time and size have a limit.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ipRanges, isPublicAddress } from '../lib/ip-ranges.js';
import { OutboundFault } from './outbound-fault.js';

export interface OutboundRequest {
  readonly url: string;
  /** @default GET */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** From the look-up of the name to the last byte. @default 10 s */
  readonly timeoutMs?: number;
  /** Of the answer's body. @default 1 MiB */
  readonly limitBytes?: number;
  /** A longer answer is cut there instead of refused. @default false */
  readonly cut?: boolean;
  readonly signal?: AbortSignal;
}

/** Any status but 300 to 399. */
export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Throws `OutboundFault`, and nothing else; the abort of `signal` is one too. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>;

export interface OutboundProps {
  /** Ranges that may be called although they are not of the public internet. @default none */
  readonly allowedRanges?: readonly string[];
  /** @default the system's */
  readonly lookup?: typeof systemLookup;
}

/** Which addresses may be called: the look-up fails where a name leads to another one. */
export interface Guard {
  readonly lookup: LookupFunction;
  /** Throws `OutboundFault` for an address that may not be called. */
  assertMayCall(address: string): void;
}

export function createGuard({ allowedRanges = [], lookup = systemLookup }: OutboundProps): Guard {
  const allowed = ipRanges(allowedRanges);
  const mayCall = (address: string) => isPublicAddress(address) || allowed.has(address);
  return {
    lookup: checked(lookup, mayCall),
    assertMayCall: (address) => {
      if (!mayCall(address)) throw forbidden(address, address);
    },
  };
}

export function createOutbound(props: OutboundProps = {}): Outbound {
  const guard = createGuard(props);
  return async (asked) => {
    const url = parseUrl(asked.url);
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) guard.assertMayCall(literal);
    const limit = AbortSignal.timeout(asked.timeoutMs ?? 10_000);
    const signal = asked.signal === undefined ? limit : AbortSignal.any([limit, asked.signal]);
    try {
      const response = await send(url, asked, { signal, lookup: guard.lookup });
      if (response.statusCode !== undefined && response.statusCode >= 300 && response.statusCode < 400) {
        response.destroy();
        throw new OutboundFault('redirected', `${url.host} answers with a redirect, which is not followed`);
      }
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await readAll(response, url.host, asked),
      };
    } catch (fault) {
      if (fault instanceof OutboundFault) throw fault;
      if (asked.signal?.aborted === true)
        throw new OutboundFault('aborted', `the call to ${url.host} was stopped`);
      if (limit.aborted)
        throw new OutboundFault(
          'timeout',
          `${url.host} did not answer within ${asked.timeoutMs ?? 10_000} ms`,
        );
      throw new OutboundFault('unreachable', `${url.host} cannot be reached: ${textOf(fault)}`, fault);
    }
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new OutboundFault('bad_url', `${text.slice(0, 200)} is no http or https address`);
  if (url.username !== '' || url.password !== '')
    throw new OutboundFault('bad_url', `the address of ${url.host} holds a name or a password: remove it`);
  return url;
}

interface Wire {
  readonly signal: AbortSignal;
  readonly lookup: LookupFunction;
}

function send(url: URL, asked: OutboundRequest, { signal, lookup }: Wire): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: asked.method ?? 'GET',
        headers: {
          'user-agent': 'terrace',
          ...(asked.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(asked.body)) }),
          ...asked.headers,
        },
        agent: false,
        signal,
        lookup,
        maxHeaderSize: 16_384,
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(asked.body);
  });
}

/** A look-up that fails when one of the addresses found may not be called. */
function checked(lookup: typeof systemLookup, mayCall: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (fault, found: LookupAddress[]) => {
      const first = fault === null ? found[0] : undefined;
      const refused = fault === null ? found.find(({ address }) => !mayCall(address)) : undefined;
      if (fault !== null || first === undefined)
        return callback(fault ?? new Error(`${hostname} has no address`), '', 4);
      if (refused !== undefined) return callback(forbidden(hostname, refused.address), '', 4);
      if (options.all === true) return callback(null, found);
      return callback(null, first.address, first.family);
    });
  };
}

function forbidden(host: string, address: string): OutboundFault {
  const name = host.replace(/^\[|\]$/g, '') === address ? address : `${host} is ${address}, which`;
  return new OutboundFault(
    'forbidden_address',
    `${name} is not of the public internet: Terrace calls it only when OUTBOUND_ALLOWED_RANGES names it`,
  );
}

async function readAll(response: IncomingMessage, host: string, asked: OutboundRequest): Promise<Buffer> {
  const { limitBytes = 1_048_576, cut = false } = asked;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) {
      response.destroy();
      if (cut) return Buffer.concat([...chunks, chunk]).subarray(0, limitBytes);
      throw new OutboundFault('too_large', `${host} answers with more than ${limitBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `ECONNREFUSED`, say, else the fault's own words. */
function textOf(fault: unknown): string {
  const { code, message } = fault as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? String(fault);
}
