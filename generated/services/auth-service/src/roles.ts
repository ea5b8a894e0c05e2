/** What accounts can be, as `roles` in services.yaml says. A new account is the first of them. */
export const roles = [
  'guest', // Looks for a home and stays in it
  'host', // Lets homes
  'admin', // Keeps the marketplace in order
] as const;
