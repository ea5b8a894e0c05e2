import { z } from '@hometrip/runtime';

export const contracts = {
  'user.registered': z.object({ userId: z.uuid(), email: z.email(), displayName: z.string().max(80) }),
  'user.erased': z.object({ userId: z.uuid() }),
};
