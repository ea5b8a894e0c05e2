/** The services that this one calls: members of `platform.calls`. */
import { userService } from './user-service.ts';

export const calls = [userService] as const;
