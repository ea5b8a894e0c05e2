/** The renderers: one line each here, one folder each beside this file. */
import { clientRenderer } from './client/index.ts';
import { componentsRenderer } from './components/index.ts';
import { compose } from './compose/index.ts';
import { docs } from './docs/index.ts';
import { eventsRenderer } from './events/index.ts';
import { gateway } from './gateway/index.ts';
import type { Renderer } from './renderer.ts';
import { scripts } from './scripts/index.ts';
import { servicesRenderer } from './services/index.ts';

export const renderers: readonly Renderer[] = [
  compose,
  gateway,
  componentsRenderer,
  scripts,
  docs,
  servicesRenderer,
  clientRenderer,
  eventsRenderer,
];
