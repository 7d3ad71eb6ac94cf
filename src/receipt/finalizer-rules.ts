/** What keeps an object of a cluster that is being deleted. Pure. Source: Kubernetes, "Finalizers" and namespace conditions. */

interface Deleted {
  readonly metadata: {
    readonly deletionTimestamp?: string | undefined;
    readonly finalizers: readonly string[];
  };
  readonly spec?: { readonly finalizers?: readonly string[] | undefined } | undefined;
  readonly status?:
    | {
        readonly conditions?:
          | readonly {
              readonly type: string;
              readonly status: string;
              readonly message?: string | undefined;
            }[]
          | undefined;
      }
    | undefined;
}

/** Conditions by which a namespace tells why it is still there. */
const reasons = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
];

/** Finalizers, and in a namespace's own words what they wait for; empty when nothing holds it. */
export function heldBy({ metadata, spec, status }: Deleted): string[] {
  if (metadata.deletionTimestamp === undefined) return [];
  const told = (status?.conditions ?? []).flatMap(({ type, status: is, message = '' }) =>
    is === 'True' && reasons.includes(type) && message !== '' ? [message.replace(/[.,\s]+$/, '')] : [],
  );
  return [...metadata.finalizers, ...(spec?.finalizers ?? []), ...told];
}
