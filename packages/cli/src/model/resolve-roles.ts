import type { Role } from './stack.ts';

/**
 * Those that are declared, with `admin` as the last one: somebody has to administer accounts, whatever the system calls its
 * users, and a new account, which is the first, must never be an admin.
 */
export function resolveRoles(declared: readonly Role[]): readonly Role[] {
  const isAdmin = ({ name }: Role): boolean => name === 'admin';
  const others = declared.filter((role) => !isAdmin(role));
  const admin = declared.find(isAdmin) ?? { name: 'admin', description: undefined };
  return [...(others.length > 0 ? others : [{ name: 'member', description: undefined }]), admin];
}
