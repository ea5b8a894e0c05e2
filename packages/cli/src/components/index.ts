/** The component kinds: one line each here, one folder each beside this file. */
import type { ComponentKind } from './component.ts';
import { consul } from './consul/index.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { grafana } from './grafana/index.ts';
import { jaeger } from './jaeger/index.ts';
import { mongodb } from './mongodb/index.ts';
import { nginx } from './nginx/index.ts';
import { postgres } from './postgres/index.ts';
import { prometheus } from './prometheus/index.ts';
import { rabbitmq } from './rabbitmq/index.ts';
import { redis } from './redis/index.ts';
import { smtp } from './smtp/index.ts';

/** `any`: each kind has its own parameters, which its schema checks before they reach it. */
export const componentKinds: readonly ComponentKind<any>[] = [
  postgres,
  mongodb,
  redis,
  elasticsearch,
  rabbitmq,
  smtp,
  consul,
  nginx,
  prometheus,
  grafana,
  jaeger,
];
