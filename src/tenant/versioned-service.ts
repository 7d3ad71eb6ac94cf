import { inTransaction, type Db, type Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import type { Page, PageRequest } from '../lib/page.js';
import type { RequestContext } from '../token/principal.js';
import { getTenant } from './tenant-store.js';
import type { PastVersion, Versioned, VersionedStore } from './versioned-store.js';

/** Versioned settings in the hands of people. A tenant reads those for all and changes its own; `not_found` for another's. */
export interface VersionedService<Settings, Key extends string | null> {
  list(
    ctx: RequestContext,
    filter: { readonly tenantId?: string | undefined; readonly key?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Versioned<Settings, Key>>>;
  get(ctx: RequestContext, id: string): Promise<Versioned<Settings, Key>>;
  versions(ctx: RequestContext, id: string): Promise<PastVersion<Settings>[]>;
  create(
    ctx: RequestContext,
    command: Pick<Versioned<Settings, Key>, 'tenantId' | 'key' | 'settings'>,
  ): Promise<Versioned<Settings, Key>>;
  change(ctx: RequestContext, id: string, settings: Settings): Promise<Versioned<Settings, Key>>;
  remove(ctx: RequestContext, id: string): Promise<void>;
}

export interface VersionedServiceProps<Settings, Key extends string | null> {
  readonly db: Db;
  readonly store: VersionedStore<Settings, Key>;
  newId(): string;
  /** The text of `forbidden`: one for all is not for a tenant to change. */
  forAll(id: string): string;
  /** The settings as they are kept. Throws for what cannot be kept. */
  sound(settings: Settings): Promise<Settings>;
}

export function createVersionedService<Settings, Key extends string | null>(
  props: VersionedServiceProps<Settings, Key>,
): VersionedService<Settings, Key> {
  const { db, store } = props;
  const get = (ctx: RequestContext, id: string) => store.get(db, ctx.principal.tenantId, id);
  const changing = <T>(
    { principal }: RequestContext,
    id: string,
    work: (tx: Tx, one: Versioned<Settings, Key>) => Promise<T>,
  ): Promise<T> =>
    inTransaction(db, async (tx) => {
      const { tenantId } = await store.get(tx, principal.tenantId, id);
      if (tenantId === null && principal.tenantId !== null) throw appError('forbidden', props.forAll(id));
      return work(tx, await store.lock(tx, tenantId, id));
    });
  return {
    list: (ctx, filter, page) =>
      store.list(db, { ...filter, tenantId: ctx.principal.tenantId ?? filter.tenantId ?? null }, page),
    get,
    versions: async (ctx, id) => store.versions(db, (await get(ctx, id)).id),
    create: async ({ principal }, command) => {
      const tenantId = principal.tenantId ?? command.tenantId;
      if (command.tenantId !== null && command.tenantId !== tenantId)
        throw appError('not_found', `no tenant ${command.tenantId}`);
      if (tenantId !== null) await getTenant(db, principal.tenantId, tenantId);
      const settings = await props.sound(command.settings);
      const made = { ...command, settings, tenantId, id: props.newId(), changedBy: principal.name };
      return inTransaction(db, async (tx) => {
        await store.insert(tx, made);
        return store.get(tx, principal.tenantId, made.id);
      });
    },
    change: async (ctx, id, given) => {
      await get(ctx, id);
      const settings = await props.sound(given);
      return changing(ctx, id, async (tx, one) => {
        await store.save(tx, one, { settings, changedBy: ctx.principal.name });
        return store.get(tx, ctx.principal.tenantId, id);
      });
    },
    remove: (ctx, id) => changing(ctx, id, (tx) => store.remove(tx, id, ctx.principal.name)),
  };
}
