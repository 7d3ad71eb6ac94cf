import type { TimelineEvent } from '../environment/environment.js';

/** An event as the feed and webhooks tell it. */
export interface FeedEvent extends TimelineEvent {
  /** Null = of the platform itself. */
  readonly tenantId: string | null;
  /** Rises by one with each event of the environment; null without an environment. */
  readonly version: number | null;
  /** The place in the feed. */
  readonly position: number;
}

export interface FeedFilter {
  readonly tenantId?: string | undefined;
  readonly environmentId?: string | undefined;
  readonly types?: readonly string[] | undefined;
}
