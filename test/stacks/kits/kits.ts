import { appKit } from './app-kit.js';
import type { Kit } from './kit.js';
import { platformKit } from './platform-kit.js';

/** One for each built-in blueprint. */
export const kits: readonly Kit[] = [appKit, platformKit];
