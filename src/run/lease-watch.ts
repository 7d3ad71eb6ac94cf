/**
 * Whether silence proves anything. A worker that cannot reach the database cannot renew its leases, so leases are judged only
 * by who has seen the database up, and its clock going evenly, for as long as a lease lasts. Pure.
 */

/** What the database told, and when it was asked. Milliseconds; `askedAt` of a clock that only goes forward. */
export interface Sighting {
  readonly askedAt: number;
  /** The database's own time. */
  readonly databaseNow: number;
  /** When the database was started, by its own clock. */
  readonly databaseStartedAt: number;
}

export interface LeaseWatch {
  /** The database answered. */
  saw(sighting: Sighting): void;
  /** The database did not answer. */
  missed(): void;
  /** True once the database was up for the whole time that a lease lasts. */
  mayJudge(now: number): boolean;
}

/** How far the two clocks may run apart between two looks, as a part of a lease. */
const tolerated = 0.25;

export function createLeaseWatch(leaseMs: number): LeaseWatch {
  let upSince: number | null = null;
  let last: Sighting | null = null;
  return {
    saw: (sighting) => {
      const jumped = last !== null && Math.abs(drift(last, sighting)) > leaseMs * tolerated;
      if (jumped || upSince === null) upSince = sighting.askedAt;
      const uptime = sighting.databaseNow - sighting.databaseStartedAt;
      upSince = Math.max(upSince, sighting.askedAt - uptime);
      last = sighting;
    },
    missed: () => {
      upSince = null;
      last = null;
    },
    mayJudge: (now) => upSince !== null && now - upSince >= leaseMs,
  };
}

/** How much the database's clock went ahead of ours between two looks. */
function drift(before: Sighting, after: Sighting): number {
  return after.databaseNow - before.databaseNow - (after.askedAt - before.askedAt);
}
