import { defineService } from '@hometrip/runtime';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';
import { preferences } from './preference/repository.ts';
import { preferenceRoutes } from './preference/routes.ts';
import { profiles } from './profile/repository.ts';
import { profileRoutes } from './profile/routes.ts';

export const userService = defineService({
  name: 'user-service',
  version: '1.0.0',
  description: 'Profiles and preferences',
  needs: { database: 'sql', events: true },
  contracts,
  routes: (platform) => [
    ...profileRoutes({ profiles: profiles(platform) }),
    ...preferenceRoutes({ preferences: preferences(platform) }),
  ],
  consumers,
});
