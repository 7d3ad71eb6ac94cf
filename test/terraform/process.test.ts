import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deathGuard, runProcess, type ProcessProps } from '../../src/terraform/process.js';
import { splitLines } from '../../src/terraform/line-splitter.js';
import { isRunning, script, tempFolder, until } from './support.js';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = tempFolder());
});
afterEach(() => remove());

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

function props(bin: string, lines: string[], more: Partial<ProcessProps> = {}): ProcessProps {
  const onLine = (line: string, stream: string) => void lines.push(`${stream}: ${line}`);
  return { bin, argv: [], cwd: folder, env, timeoutMs: 30_000, onLine, ...more };
}

describe('output', () => {
  test('both streams arrive line by line with the exit code', async () => {
    const lines: string[] = [];
    const bin = script(folder, 'talk', 'printf "one\\ntwo\\r\\nthr"; printf "ee"; echo problem >&2; exit 3');
    const result = await runProcess(props(bin, lines));
    expect(result).toMatchObject({ exitCode: 3, signal: null, stoppedBy: null });
    expect(lines.filter((line) => line.startsWith('stdout'))).toEqual([
      'stdout: one',
      'stdout: two',
      'stdout: three',
    ]);
    expect(lines).toContain('stderr: problem');
  });

  test('arguments reach the program as they are, without a shell', async () => {
    const lines: string[] = [];
    const bin = script(folder, 'args', 'printf "%s\\n" "$@"');
    await runProcess(props(bin, lines, { argv: ['$HOME', '; id', '--', '-v', 'a b'] }));
    expect(lines).toEqual(['$HOME', '; id', '--', '-v', 'a b'].map((word) => `stdout: ${word}`));
  });

  test('NUL is taken out, a long line is cut and says so, what follows arrives', async () => {
    const lines: string[] = [];
    const bin = script(
      folder,
      'long',
      'printf "a\\0b\\n"; head -c 3000000 /dev/zero | tr "\\0" x; printf "\\nend\\n"',
    );
    await runProcess(props(bin, lines));
    expect(lines.map((line) => line.length)).toEqual([10, 8 + 1_048_576 + 33, 11]);
    expect(lines[0]).toBe('stdout: ab');
    expect(lines[1]).toMatch(/x \[line cut at 1048576 characters\]$/);
  });

  test('a character split over two chunks stays whole', () => {
    const lines: string[] = [];
    const splitter = splitLines(100, (line) => lines.push(line));
    for (const byte of Buffer.from('å€😀\n\nz')) splitter.write(Buffer.from([byte]));
    splitter.end();
    expect(lines).toEqual(['å€😀', '', 'z']);
  });

  test('a listener that throws ends the program and rejects', async () => {
    const bin = script(folder, 'talk', 'echo one; exec sleep 100');
    const onLine = () => {
      throw new Error('store is gone');
    };
    await expect(runProcess(props(bin, [], { onLine, graceMs: 100 }))).rejects.toThrow('store is gone');
  });

  test('a program that does not exist is told as such', async () => {
    const missing = join(folder, 'missing');
    const started = runProcess(props(missing, [], { cwd: join(folder, 'nowhere') }));
    await expect(started).rejects.toMatchObject({
      code: 'internal',
      message: 'a program could not be started',
    });
  });
});

describe('environment', () => {
  test('nothing of our own environment leaks', async () => {
    const lines: string[] = [];
    process.env.TERRACE_TEST_SECRET = 'leak';
    await runProcess(props('/usr/bin/env', lines, { env: { ONLY: 'this' } }));
    delete process.env.TERRACE_TEST_SECRET;
    expect(lines).toEqual(['stdout: ONLY=this']);
  });
});

describe('stopping', () => {
  test('a program past its limit gets SIGINT and the limit is named as the cause', async () => {
    const bin = script(
      folder,
      'polite',
      'trap "echo saving; exit 1" INT; echo up; while :; do sleep 0.05; done',
    );
    const lines: string[] = [];
    const result = await runProcess(props(bin, lines, { timeoutMs: 1_500 }));
    expect(result).toMatchObject({ exitCode: 1, stoppedBy: 'timeout' });
    expect(lines).toEqual(['stdout: up', 'stdout: saving']);
  });

  test('a program that ignores SIGINT is asked twice, then killed', async () => {
    const body = 'n=0; trap "n=\\$((n+1)); echo int \\$n" INT; echo up; while :; do sleep 0.02; done';
    const abort = new AbortController();
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      if (line === 'up') abort.abort();
    };
    const bin = script(folder, 'stubborn', body);
    const result = await runProcess(props(bin, [], { onLine, signal: abort.signal, graceMs: 600 }));
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', stoppedBy: 'abort' });
    expect(lines).toEqual(['up', 'int 1', 'int 2']);
    expect(result.durationMs).toBeGreaterThan(890);
  });

  test('a stop that is forced does not wait for its time: it is asked again at once', async () => {
    const body =
      'n=0; trap "n=\\$((n+1))" INT; echo up; while [ $n -lt 2 ]; do sleep 0.05; echo asked $n; done; exit 7';
    const [abort, kill] = [new AbortController(), new AbortController()];
    const onLine = (line: string) => {
      if (line === 'up') abort.abort();
      if (line === 'asked 1') kill.abort();
    };
    const bin = script(folder, 'slow-to-save', body);
    const signals = { signal: abort.signal, kill: kill.signal };
    const result = await runProcess(props(bin, [], { onLine, ...signals, graceMs: 60_000 }));
    expect(result).toMatchObject({ exitCode: 7, stoppedBy: 'abort' });
  });

  test('an abort before the start starts nothing', async () => {
    const bin = script(folder, 'touch', 'touch ran');
    const result = await runProcess(props(bin, [], { signal: AbortSignal.abort() }));
    expect(result.stoppedBy).toBe('abort');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  test('an abort after the end changes nothing', async () => {
    const abort = new AbortController();
    const result = await runProcess(props(script(folder, 'quick', 'exit 0'), [], { signal: abort.signal }));
    abort.abort();
    expect(result).toMatchObject({ exitCode: 0, stoppedBy: null });
  });

  test('grandchildren end with the group, also those that ignore SIGINT', async () => {
    const body = '(trap "" INT; echo $BASHPID > deep; echo up; while :; do sleep 0.05; done) & wait';
    const abort = new AbortController();
    const onLine = () => abort.abort();
    const bin = script(folder, 'family', body);
    await runProcess(props(bin, [], { onLine, signal: abort.signal, graceMs: 200 }));
    const pid = Number(readFileSync(join(folder, 'deep'), 'utf8'));
    await until('the grandchild is gone', () => !isRunning(pid));
  });

  test('a grandchild left behind by a program that ended by itself does not stay', async () => {
    const bin = script(folder, 'leaver', 'sleep 300 & echo $! > left; exit 0');
    const result = await runProcess(props(bin, []));
    const pid = Number(readFileSync(join(folder, 'left'), 'utf8'));
    expect(result.exitCode).toBe(0);
    await until('the grandchild is gone', () => !isRunning(pid));
  });
});

const withGuard = deathGuard().length > 0 ? test : test.skip;
withGuard('a worker killed with SIGKILL takes its terraform along', async () => {
  const bin = script(folder, 'orphan', 'echo $$ > pid; trap "" INT TERM HUP; while :; do sleep 0.05; done');
  const parent = join(folder, 'parent.mjs');
  const code = [
    `import { spawn } from 'node:child_process';`,
    `const [bin, ...argv] = ${JSON.stringify([...deathGuard(), bin])};`,
    `spawn(bin, argv, { cwd: ${JSON.stringify(folder)}, detached: true, stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } });`,
    `setInterval(() => undefined, 1000);`,
  ];
  writeFileSync(parent, code.join('\n'));
  const worker = spawn(process.execPath, [parent], { stdio: 'ignore' });
  const pidFile = join(folder, 'pid');
  await until('the child runs', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'));
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isRunning(pid)).toBe(true);
  worker.kill('SIGKILL');
  await until('the child is gone', () => !isRunning(pid));
});
