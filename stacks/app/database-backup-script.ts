import type { DatabaseImage } from './database-images.js';

export interface BackupScriptProps {
  readonly dump: DatabaseImage['dump'];
  readonly folder: string;
  readonly keepDays: number;
}

/** A bash script that takes a dump and forgets those that are too old: in this order, and a dump is named as one only when it is
 *  whole, so that a night without a dump never costs an older one. */
export function backupScript({ dump, folder, keepDays }: BackupScriptProps): string {
  return [
    'set -euo pipefail',
    `cd ${folder}`,
    'name="app-$(date -u +%Y%m%dT%H%M%SZ)"',
    'part="$name.part"',
    'rm -f -- *.part',
    dump.command,
    'test -s "$part"',
    `mv -- "$part" "$name.${dump.ending}"`,
    `find . -maxdepth 1 -name 'app-*.${dump.ending}' -mmin +${keepDays * 24 * 60} -delete`,
  ].join('\n');
}
