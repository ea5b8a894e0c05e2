import { run } from '@hometrip/runtime';
import { analyticsService } from './service.ts';

await run(analyticsService);
