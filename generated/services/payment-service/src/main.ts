import { run } from '@hometrip/runtime';
import { paymentService } from './service.ts';

await run(paymentService);
