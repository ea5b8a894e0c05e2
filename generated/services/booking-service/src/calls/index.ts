/** The services that this one calls: members of `platform.calls`. */
import { listingService } from './listing-service.ts';
import { userService } from './user-service.ts';

export const calls = [listingService, userService] as const;
