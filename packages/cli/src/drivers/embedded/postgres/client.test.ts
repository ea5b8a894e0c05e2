import { expect, it, vi } from 'vitest';
import { createClient } from './client.ts';

it('connects as its address says, whatever the operator’s shell has for psql', () => {
  vi.stubEnv('PGSSLMODE', 'require');
  vi.stubEnv('PGHOST', 'elsewhere.example');
  vi.stubEnv('PGUSER', 'somebody');
  vi.stubEnv('PGOPTIONS', '-c search_path=other');
  const client = createClient({ connectionString: 'postgres://127.0.0.1:5999/notes' });
  expect(client).toMatchObject({ host: '127.0.0.1', port: 5999, database: 'notes', ssl: false });
  expect(client.user).not.toBe('somebody');
  const { options } = (client as unknown as { connectionParameters: { options?: string } })
    .connectionParameters;
  expect(options ?? '').toBe('');
  expect(process.env['PGSSLMODE']).toBe('require');
  vi.unstubAllEnvs();
});
