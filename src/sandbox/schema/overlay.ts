import { awsOverlays } from './overlay-aws.js';
import { dockerOverlays } from './overlay-docker.js';
import { helmOverlays } from './overlay-helm.js';
import { kubernetesOverlays } from './overlay-kubernetes.js';
import { postgresqlOverlays } from './overlay-postgresql.js';
import { randomOverlays } from './overlay-random.js';
import type { TypeOverlay } from './overlay-type.js';

/** What the bindings do not say, by resource type. A type without an overlay is served from its schema alone. */
export const overlays: Readonly<Record<string, TypeOverlay>> = {
  ...awsOverlays,
  ...kubernetesOverlays,
  ...helmOverlays,
  ...dockerOverlays,
  ...postgresqlOverlays,
  ...randomOverlays,
};
