import { run } from '@hometrip/runtime';
import { bookingService } from './service.ts';

await run(bookingService);
