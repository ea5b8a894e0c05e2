import { run } from '@hometrip/runtime';
import { notificationService } from './service.ts';

await run(notificationService);
