import type { Requested } from '../../src/environment/queue-run.js';
import { requestedView } from '../schemas/environment.js';

/** The answer to a request that a run serves: where to poll, and the version to change it by. */
export function requestedAnswer({ environment, run }: Requested) {
  return {
    body: requestedView(environment, run),
    headers: {
      Location: `/api/v1/environments/${environment.environmentId}`,
      ETag: `"${environment.version}"`,
    },
  };
}
