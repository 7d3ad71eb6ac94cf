import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appError } from '../src/errors/app-error.js';
import { catalogOf, type Blueprint, type BlueprintCatalog } from '../src/spec/blueprint.js';
import { blueprint as app } from './app/blueprint.js';
import { blueprint as isp } from './isp/blueprint.js';
import { blueprint as platform } from './platform/blueprint.js';

/** The blueprints that come with the engine. Nothing here loads CDKTF: the API reads it too. */
export const builtIn: readonly Blueprint[] = [app, isp, platform];

/** The built-in blueprints and those of `folders`. */
export async function loadCatalog(folders: readonly string[] = []): Promise<BlueprintCatalog> {
  return catalogOf([...builtIn, ...(await Promise.all(folders.map(loadBlueprint)))]);
}

/** The blueprint that `blueprint.js` of a folder exports; its stack is in `stack.js` beside it. */
export async function loadBlueprint(folder: string): Promise<Blueprint> {
  const { blueprint } = await loadModule<{ blueprint?: Blueprint }>(join(folder, 'blueprint.js'));
  if (blueprint?.ref === undefined)
    throw wrong(`${join(folder, 'blueprint.js')} exports no \`blueprint\` made by defineBlueprint`);
  return blueprint;
}

/** A module of a blueprint's folder. Throws `invalid_settings` with its path when it cannot be loaded. */
export async function loadModule<T>(path: string): Promise<T> {
  try {
    return (await import(pathToFileURL(path).href)) as T;
  } catch (cause) {
    throw wrong(`${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function wrong(text: string, cause?: unknown): Error {
  return appError('invalid_settings', `wrong settings: BLUEPRINT_PATHS: ${text}`, { cause });
}
