import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../lib/project-root.js';
import { catalogPath } from './catalog.js';
import { deriveCatalog } from './derive.js';
import { encodeSchema, schemaPath } from '../services.js';
import { providerNames } from './types-in-use.js';

// Build step: writes the schemas of all types in use where `loadCatalog` reads them.
mkdirSync(dirname(catalogPath), { recursive: true });
writeFileSync(catalogPath, JSON.stringify(deriveCatalog(join(projectRoot, 'node_modules'))));
for (const provider of providerNames) writeFileSync(schemaPath(provider), encodeSchema(provider));
