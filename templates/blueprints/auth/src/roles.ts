/** What accounts can be, as `roles` in services.yaml says. A new account is the first of them. */
export const roles = ['member', 'editor', 'admin'] as const;
