/** Who may do what: the one table, read by the server, the tests and docs/access.md. */

export const roles = ['viewer', 'operator', 'approver', 'admin', 'service'] as const;
export type Role = (typeof roles)[number];

/** Every right with what it allows; the order is the order of the columns in docs/access.md. */
export const rightTexts = {
  read: 'read tenants, accounts, environments, runs, timelines, blueprints',
  run: 'request, change, retry, cancel and destroy',
  approve: 'approve and reject plans',
  comment: 'comment on runs',
  logs: 'read the log of a run',
  plan: 'read the changes of a plan',
  outputs: 'read sensitive outputs',
  state: 'read Terraform states',
  restore: 'put a former Terraform state back',
  accounts: 'connect, change and remove cloud accounts',
  policies: 'change policies and rules of review',
  tenants: 'make, change, suspend and offboard tenants',
  tokens: 'make, list and revoke tokens and grants',
  sandbox: 'see and break the sandbox',
  audit: 'read the audit log',
  webhooks: 'make, change, try and remove webhooks',
  events: 'read the feed of events, and report events from another program',
} as const;

export type Right = keyof typeof rightTexts;
export const rights = Object.keys(rightTexts) as readonly Right[];

/** What each role may do, within its tenant or, bound to none, everywhere. */
export const rightsOfRole: Record<Role, readonly Right[]> = {
  viewer: ['read', 'logs', 'plan'],
  operator: ['read', 'run', 'comment', 'logs', 'plan', 'outputs'],
  approver: ['read', 'approve', 'comment', 'logs', 'plan'],
  admin: rights,
  service: ['events'],
};

/** Those rights in the order of the table, each once. */
export function inOrder(some: Iterable<Right>): readonly Right[] {
  const held = new Set(some);
  return rights.filter((right) => held.has(right));
}
