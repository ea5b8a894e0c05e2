import { run } from '@hometrip/runtime';
import { messageService } from './service.ts';

await run(messageService);
