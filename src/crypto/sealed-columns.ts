/** What is kept sealed, and with which context: a rotation walks it. A test compares it with the columns of the database. */

export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key; all texts. */
  readonly keyColumns: readonly string[];
  /** Further columns that the context names. */
  readonly contextColumns?: readonly string[];
  /** Names the key beside the sealed bytes. */
  readonly keyIdColumn?: string;
  readonly context: (row: Readonly<Record<string, string>>) => string;
}

const externalId = (column: string): SealedColumn => ({
  table: 'accounts',
  column,
  keyColumns: ['account_id'],
  context: (row) => `external_id:${row['account_id']}`,
});

const webhookSecret = (column: string): SealedColumn => ({
  table: 'webhooks',
  column,
  keyColumns: ['webhook_id'],
  context: (row) => `webhook_secret:${row['webhook_id']}`,
});

export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'state_versions',
    column: 'ciphertext',
    keyColumns: ['state_version_id'],
    contextColumns: ['environment_id', 'serial'],
    keyIdColumn: 'key_id',
    context: (row) => `state:${row['environment_id']}:${row['serial']}`,
  },
  {
    table: 'left_states',
    column: 'ciphertext',
    keyColumns: ['left_state_id'],
    keyIdColumn: 'key_id',
    context: (row) => `left_state:${row['left_state_id']}`,
  },
  {
    table: 'plans',
    column: 'plan_file',
    keyColumns: ['plan_id'],
    context: (row) => `plan:${row['plan_id']}`,
  },
  {
    table: 'plans',
    column: 'plan_json',
    keyColumns: ['plan_id'],
    context: (row) => `plan_json:${row['plan_id']}`,
  },
  {
    table: 'environment_secrets',
    column: 'ciphertext',
    keyColumns: ['environment_id', 'name'],
    context: (row) => `secret:${row['environment_id']}:${row['name']}`,
  },
  {
    table: 'environments',
    column: 'secret_outputs',
    keyColumns: ['environment_id'],
    context: (row) => `outputs:${row['environment_id']}`,
  },
  externalId('external_id'),
  externalId('next_external_id'),
  webhookSecret('secret'),
  webhookSecret('former_secret'),
];
