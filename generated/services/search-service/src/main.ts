import { run } from '@hometrip/runtime';
import { searchService } from './service.ts';

await run(searchService);
