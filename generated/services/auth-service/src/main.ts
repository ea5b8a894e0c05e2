import { run } from '@hometrip/runtime';
import { authService } from './service.ts';

await run(authService);
