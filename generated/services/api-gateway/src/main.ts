import { run } from '@hometrip/runtime';
import { apiGateway } from './service.ts';

await run(apiGateway);
