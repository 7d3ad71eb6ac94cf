import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startListening } from '../../src/db/listen.js';
import { createLog } from '../../src/log/log.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a listener hears again after its session was killed, and says that it may have missed something', async () => {
  const heard: string[] = [];
  let connects = 0;
  const listener = startListening({
    databaseUrl: database.url,
    channel: 'terrace_test',
    log: createLog('silent', 'test'),
    onNotify: (payload) => heard.push(payload),
    onConnect: () => connects++,
  });
  await eventually('connected', () => connects === 1);
  await database.db.query(`notify terrace_test, 'one'`);
  await eventually('heard', () => heard.length === 1);
  await database.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'terrace-listen-terrace_test'`,
  );
  await eventually('connected again', () => connects === 2);
  await database.db.query(`notify terrace_test, 'two'`);
  await eventually('heard again', () => heard.length === 2);
  await listener.close();
  expect(heard).toEqual(['one', 'two']);
});
