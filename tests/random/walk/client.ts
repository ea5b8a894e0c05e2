/** Who sends requests: one client for each role, every request counted, none of them answered with a 5xx. */
import type { TestClient, TestResponse, TestService } from '@hometrip/runtime/testing';
import type { Access } from '../../../packages/cli/src/model/stack.ts';

export type Role = 'nobody' | 'guest' | 'host' | 'admin' | 'service';
export const roles: readonly Role[] = ['nobody', 'guest', 'host', 'admin', 'service'];

export interface Client {
  readonly role: Role;
  /** Of people; undefined for services and nobody, who can own nothing. */
  readonly userId: string | undefined;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>;
}

export type People = Readonly<Record<Role, Client>>;

/** Something that is not as services.yaml says. */
export class Wrong extends Error {}

export class Log {
  requests = 0;
  records = 0;
  readonly wrong: string[] = [];
}

export async function peopleOf(service: TestService, log: Log): Promise<People> {
  const client = (role: Role, from: TestClient): Client => ({
    role,
    userId: role === 'nobody' || role === 'service' ? undefined : from.userId,
    async send(method, path, body, headers) {
      log.requests += 1;
      const reply =
        method === 'get' || method === 'delete'
          ? await from[method](path, headers)
          : await from[method as 'post' | 'patch'](path, body, headers);
      if (reply.status >= 500)
        throw new Wrong(
          `${method} ${path} by ${role} of ${short(body)}: ${reply.status} ${short(reply.body)}`,
        );
      return reply;
    },
  });
  return {
    nobody: client('nobody', service),
    guest: client('guest', await service.as({ roles: ['guest'] })),
    host: client('host', await service.as({ roles: ['guest', 'host'] })),
    admin: client('admin', await service.as({ roles: ['admin'] })),
    service: client('service', await service.as({ roles: ['service'] })),
  };
}

/** Whether a route lets them in at all; what is somebody else's is another question. */
export function passes(right: Access, role: Role): boolean {
  if (right === 'public') return true;
  if (right === 'user' || right === 'owner') return role !== 'nobody';
  if (right.startsWith('role:')) return right === `role:${role}` || role === 'admin';
  return role === right;
}

export function expectStatus(reply: TestResponse, status: number | readonly number[], what: string): void {
  const fine = typeof status === 'number' ? [status] : status;
  if (!fine.includes(reply.status))
    throw new Wrong(`${what}: ${reply.status} instead of ${fine.join(' or ')}: ${short(reply.body)}`);
}

export const short = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 400);
