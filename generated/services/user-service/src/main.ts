import { run } from '@hometrip/runtime';
import { userService } from './service.ts';

await run(userService);
