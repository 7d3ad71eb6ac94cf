/** Where the states of one environment are, for one run: the same for all who read them, whoever keeps them. */
import { parseState, type State } from './state-rules.js';
import { bucketLockHolder, bucketVerbs, rescueIntoBucket } from './bucket-protocol.js';
import type { StateBackend, StateGrant } from './state-backend.js';
import type { StateBucket } from './state-bucket.js';
import { rescueState, type Kept } from './state-protocol.js';
import { lockHolder, readState, type Writer } from './state-store.js';

export interface StateSource {
  /** The newest state, or null while there is none. */
  read(): Promise<State | null>;
  /** An address for terraform, until revoked. */
  grant(): StateGrant;
  /** Who holds the lock, for people; null = nobody who still works. */
  lockedBy(): Promise<string | null>;
  /** Stores what terraform could not hand over. Throws `lease_lost` and `state_conflict`. */
  rescue(body: Buffer): Promise<void>;
}

export interface StateSourceProps extends Kept {
  readonly states: StateBackend;
  readonly writer: Writer;
}

/** Sealed, in PostgreSQL. */
export function managedStates(props: StateSourceProps): StateSource {
  const { states, writer } = props;
  return {
    read: () => readState(props, writer.environmentId),
    grant: () => states.grant(writer),
    lockedBy: () => lockHolder(props.db, writer.environmentId),
    rescue: (body) => rescueState(props, writer, body),
  };
}

/** In the customer's bucket. */
export function bucketStates({ db, states, writer }: StateSourceProps, bucket: StateBucket): StateSource {
  return {
    read: async () => {
      const found = await bucket.state.read();
      return found === null ? null : parseState(found.text);
    },
    grant: () => states.grant(writer, bucketVerbs(db, bucket, writer)),
    lockedBy: async () => (await lockHolder(db, writer.environmentId)) ?? (await bucketLockHolder(bucket)),
    rescue: (body) => rescueIntoBucket(db, bucket, { writer, body }),
  };
}
