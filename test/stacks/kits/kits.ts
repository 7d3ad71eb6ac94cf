import { appDockerKit } from './app-docker-kit.js';
import { appKit } from './app-kit.js';
import { ispKit } from './isp-kit.js';
import type { Kit } from './kit.js';
import { platformKit } from './platform-kit.js';

/** At least one for each built-in blueprint. */
export const kits: readonly Kit[] = [appKit, appDockerKit, ispKit, platformKit];
