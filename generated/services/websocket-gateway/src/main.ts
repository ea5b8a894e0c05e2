import { run } from '@hometrip/runtime';
import { websocketGateway } from './service.ts';

await run(websocketGateway);
