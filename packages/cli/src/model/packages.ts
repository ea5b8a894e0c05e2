/** Packages that generated services, and projects around them, are developed with. Renovate and the like keep them current there. */
export const developmentPackages = {
  '@types/node': '^24.0.0',
  typescript: '^7.0.2',
  vitest: '^5.1.1',
} as const;
