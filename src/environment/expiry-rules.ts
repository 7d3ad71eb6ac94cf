/** When an environment with an end is told of, and ended. Pure. */

export const expiryNotices = ['24h', '12h', '30min'] as const;
export type ExpiryNotice = (typeof expiryNotices)[number];

/** The last notice given, or what became of the end: kept up by deletion protection, or a destroy run asked for. */
export type ExpiryStep = ExpiryNotice | 'protected' | 'asked';

const minutesOf: Record<ExpiryNotice, number> = { '24h': 1440, '12h': 720, '30min': 30 };

export interface Expiring {
  readonly expiresAt: Date | null;
  readonly ttlHours: number | null;
  readonly expiryStep: ExpiryStep | null;
  readonly deletionProtection: boolean;
}

/** What is due: a notice, a notice that is passed over because it would come with the request itself, or the end. */
export type ExpiryAct =
  | { readonly kind: 'notice'; readonly step: ExpiryNotice; readonly silent: boolean }
  | { readonly kind: 'protected' }
  | { readonly kind: 'end' }
  | { readonly kind: 'nothing' };

export function expiryAct(one: Expiring, now: Date): ExpiryAct {
  const { expiresAt, ttlHours, expiryStep: step, deletionProtection } = one;
  if (expiresAt === null) return { kind: 'nothing' };
  const leftMinutes = (expiresAt.getTime() - now.getTime()) / 60_000;
  if (leftMinutes <= 0) {
    if (!deletionProtection) return { kind: 'end' };
    return step === 'protected' || step === 'asked' ? { kind: 'nothing' } : { kind: 'protected' };
  }
  const due = expiryNotices.filter((notice) => leftMinutes <= minutesOf[notice]).at(-1);
  if (due === undefined || rank(due) <= rank(step)) return { kind: 'nothing' };
  return { kind: 'notice', step: due, silent: minutesOf[due] >= (ttlHours ?? Infinity) * 60 };
}

function rank(step: ExpiryStep | null): number {
  return step === null ? -1 : step === 'protected' || step === 'asked' ? 3 : expiryNotices.indexOf(step);
}

/** `2 days`, `11 hours`, `25 minutes`: never more than there is. */
export function durationText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes >= 2880) return `${Math.floor(minutes / 1440)} days`;
  if (minutes >= 120) return `${Math.floor(minutes / 60)} hours`;
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}
