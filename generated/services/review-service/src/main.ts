import { run } from '@hometrip/runtime';
import { reviewService } from './service.ts';

await run(reviewService);
