/** Which failures of providers and clouds pass by themselves. Real texts are in test/terraform/fixtures. Pure. */
import { cloudFaultIn } from '../credentials/cloud-faults.js';
import type { Diagnostic } from './diagnostics.js';
import { isDiskFull } from './host-faults.js';

interface TransientFault {
  /** What it is called in the error of a run. */
  readonly name: string;
  readonly says: RegExp;
}

/** Beside the codes of AWS in src/credentials/cloud-faults.ts. The first that fits counts. */
const transientFaults: readonly TransientFault[] = [
  { name: 'too many calls', says: /\b429 Too Many Requests\b|\bTooManyRequests\b|\bRate exceeded\b/i },
  {
    name: 'the cloud has a fault of its own',
    says: /\bStatusCode: 50[0234]\b|\b50[234] (Bad Gateway|Service Unavailable|Gateway Time-?out)\b/,
  },
  {
    name: 'the network failed',
    says: /TLS handshake timeout|connection reset by peer|\bi\/o timeout\b|\bunexpected EOF\b|: EOF$|no such host|server misbehaving|client connection lost|Client\.Timeout exceeded|broken pipe/,
  },
  { name: 'the session could not be renewed', says: /\bcloud_unavailable: could not\b/ },
  { name: 'nothing answers', says: /dial tcp (?!127\.|\[::1\])\S+: connect: connection refused/ },
  {
    name: 'the cluster is busy',
    says: /etcdserver: (request timed out|leader changed)|the server is currently unable to handle the request|the object has been modified; please apply your changes/,
  },
  {
    name: 'the provider ended',
    says: /Plugin did not respond|^(Plugin error|Request cancelled)\b|rpc error: code = Unavailable/,
  },
];

export type FaultKind = 'transient' | 'final';

/** The name of a passing fault; undefined for one that stays until somebody changes something. */
export function transientIn(text: string): string | undefined {
  const cloud = cloudFaultIn(text);
  if (cloud !== undefined)
    return ['cloud_unavailable', 'session_expired'].includes(cloud.code) ? cloud.awsCode : undefined;
  return transientFaults.find(({ says }) => says.test(text))?.name;
}

export function faultKind({ summary, detail }: Pick<Diagnostic, 'summary' | 'detail'>): FaultKind {
  return transientIn(`${summary} ${detail}`.trim()) === undefined ? 'final' : 'transient';
}

/** The error that decides what becomes of a command: a full disk, of which others may come, one that stays, or the first. */
export function tellingError(diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return errors.find(isDiskFull) ?? errors.find((error) => faultKind(error) === 'final') ?? errors[0];
}
