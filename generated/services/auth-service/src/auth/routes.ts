import type { Route } from '@hometrip/runtime';
import { accountRoutes } from './routes/account.ts';
import { adminRoutes } from './routes/admin.ts';
import { keyRoutes } from './routes/keys.ts';
import { sessionRoutes } from './routes/sessions.ts';
import type { AuthPlatform } from './opened.ts';

export const authRoutes = (platform: AuthPlatform): Route[] => [
  ...sessionRoutes(platform),
  ...accountRoutes(platform),
  ...adminRoutes(platform),
  ...keyRoutes(platform),
];
