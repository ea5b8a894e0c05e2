/** The services that this one calls: members of `platform.calls`. */
import { bookingService } from './booking-service.ts';

export const calls = [bookingService] as const;
