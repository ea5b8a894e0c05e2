import { run } from '@hometrip/runtime';
import { listingService } from './service.ts';

await run(listingService);
