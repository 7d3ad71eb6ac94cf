import type { Config } from '../src/config/config.js';
import type { PriceTable } from '../src/cost/price-table.js';
import type { Keyring } from '../src/crypto/envelope.js';
import type { CredentialEndpoint } from '../src/credentials/endpoint.js';
import type { Db } from '../src/db/db.js';
import type { Log } from '../src/log/log.js';
import type { Sandbox } from '../src/sandbox/sandbox.js';
import type { BlueprintCatalog } from '../src/spec/blueprint.js';
import type { StateBackend } from '../src/state/state-backend.js';
import type { Synth } from '../src/synth/synth-client.js';
import type { Tool } from '../src/terraform/locate.js';

/** What every job of the worker works with. */
export interface WorkerDeps {
  readonly config: Config;
  readonly db: Db;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly synth: Synth;
  /** What is declared about the stacks that `synth` makes. */
  readonly blueprints: BlueprintCatalog;
  readonly states: StateBackend;
  /** Hands sessions in customers' accounts to terraform. */
  readonly credentials: CredentialEndpoint;
  /** Null while sandbox accounts are not served. */
  readonly sandbox: Sandbox | null;
  readonly tool: Tool;
  readonly prices: PriceTable;
  /** This process, as leases name it. */
  readonly owner: string;
  /** Runs in this worker's hands, to stop them when asked. */
  readonly active: Map<string, InHand>;
}

/** How a run in a worker's hands is stopped. */
export interface InHand {
  readonly stop: AbortController;
  /** Cuts a stop under way short. */
  readonly kill: AbortController;
}
