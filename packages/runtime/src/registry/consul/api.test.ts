import { expect, it } from 'vitest';
import { ConsulApi } from './api.ts';

it.each([
  ['consul+https://127.0.0.1:443', 443],
  ['consul://127.0.0.1:80', 80],
])('looks for its own address where %s is', async (url, port) => {
  const api = new ConsulApi(new URL(url));
  // Nobody listens there, as a rule, and the error says who was asked.
  const asked = await api.localAddress().then(
    () => port,
    (error: { port?: number }) => error.port,
  );
  expect(asked).toBe(port);
  await api.close();
});
