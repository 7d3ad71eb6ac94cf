import type { SandboxRun } from './sandbox-run.js';
import type { TypeSchema } from './schema/type-schema.js';
import type { ProviderName } from './schema/types-in-use.js';
import { isObject, lookUp, textAt, UNKNOWN, type ValueObject } from './values.js';

/** What a provider remembers of its configuration. */
export interface ProviderSettings {
  readonly defaultTags: ValueObject;
}

export const noSettings: ProviderSettings = { defaultTags: {} };

/** What the real provider would refuse in its configuration, one text each. */
export function settingsFaults(provider: ProviderName, config: ValueObject, run: SandboxRun): string[] {
  if (provider !== 'aws') return [];
  const faults: string[] = [];
  const region = textAt(config, 'region');
  if (region !== undefined && region !== run.region)
    faults.push(`the provider is configured for region ${region}, the run works in ${run.region}`);
  const allowed = lookUp(config, 'allowed_account_ids');
  if (Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(run.accountId))
    faults.push(`AWS account ID not allowed: ${run.accountId}`);
  const forbidden = lookUp(config, 'forbidden_account_ids');
  if (Array.isArray(forbidden) && forbidden.includes(run.accountId))
    faults.push(`AWS account ID not allowed: ${run.accountId}`);
  return faults;
}

export function readSettings(provider: ProviderName, config: ValueObject): ProviderSettings {
  const tags = provider === 'aws' ? lookUp(config, 'default_tags.tags') : undefined;
  return { defaultTags: isObject(tags) ? tags : {} };
}

/** AWS resources report their own tags merged over the default tags of the provider. */
export function withAllTags(
  schema: TypeSchema,
  planned: ValueObject,
  settings: ProviderSettings,
): ValueObject {
  if (!('tags' in schema.block.attributes) || !('tags_all' in schema.block.attributes)) return planned;
  const own = planned['tags'];
  const all = own === UNKNOWN ? UNKNOWN : { ...settings.defaultTags, ...(isObject(own) ? own : {}) };
  return { ...planned, tags_all: all };
}
