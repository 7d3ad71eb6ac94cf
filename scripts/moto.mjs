// Puts moto, the stand-in for AWS, into .terrace/moto by pip, unless moto_server is there already. Used by `make moto` alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const version = '5.2.1';
const root = join(import.meta.dirname, '..');
const folder = join(root, '.terrace/moto');
const works = (bin) => spawnSync(bin, ['--help'], { stdio: 'ignore' }).status === 0;
const run = (bin, args) => {
  const { status, error } = spawnSync(bin, args, { stdio: 'inherit' });
  if (status === 0) return;
  process.stderr.write(`moto could not be installed: ${bin} ${error?.message ?? `ended with ${status}`}\n`);
  process.exit(1);
};

if (!works(process.env.MOTO_SERVER ?? 'moto_server') && !works(join(folder, 'bin/moto_server'))) {
  run('python3', ['-m', 'venv', folder]);
  run(join(folder, 'bin/pip'), ['install', '--quiet', `moto[server]==${version}`]);
}
