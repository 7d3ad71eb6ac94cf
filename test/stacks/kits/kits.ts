import { appKit } from './app-kit.js';
import { ispKit } from './isp-kit.js';
import type { Kit } from './kit.js';
import { platformKit } from './platform-kit.js';

/** One for each built-in blueprint. */
export const kits: readonly Kit[] = [appKit, ispKit, platformKit];
