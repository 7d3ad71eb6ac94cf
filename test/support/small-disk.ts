/** A real disk of a few hundred kB: tmpfs, which takes root (or the right to mount). */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Until not one byte more fits. */
  fill(): void;
  free(): void;
  remove(): void;
}

/** Why there is none here, as `reason`, where nothing can be mounted. */
export function smallDisk(): SmallDisk | { readonly reason: string } {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return { reason: error instanceof Error ? error.message.trim().replace(/\s+/g, ' ') : 'no mount' };
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: () => {
      const file = openSync(filler, 'a');
      for (let size = 4096; size > 0;)
        try {
          writeSync(file, Buffer.alloc(size));
        } catch {
          size = Math.floor(size / 2);
        }
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
