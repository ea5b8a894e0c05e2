/** How a service calls another one: `{ timeout: 1s, attempts: 2, breaker: { threshold: 30% }, bulkhead: off }`. */
import { callBounds } from '@hometrip/runtime/bounds';
import { z } from 'zod';
import type { CallPolicy } from '../../model/stack.ts';
import { parseDuration, parseShare } from './quantities.ts';
import { syntax } from './syntax.ts';

const duration = (description: string, example: string) =>
  syntax(parseDuration, { description, examples: [example] }).optional();
const count = (name: 'attempts' | 'minimumCalls' | 'concurrent' | 'queued') =>
  z.int().min(callBounds[name].min).max(callBounds[name].max);

const breaker = z.strictObject({
  threshold: syntax(parseShare, {
    description: 'Share of failed calls that opens it.',
    examples: ['50%'],
  }).optional(),
  window: duration('How long it looks back.', '10s'),
  minimumCalls: count('minimumCalls')
    .optional()
    .meta({ description: 'Calls in that time before it says anything.' }),
  open: duration(
    'Until the first look whether the target is well again; doubled with every one that fails.',
    '500ms',
  ),
  maxOpen: duration('How long it doubles up to.', '10s'),
});

const bulkhead = z.strictObject({
  concurrent: count('concurrent').optional().meta({ description: 'Calls under way at once.' }),
  queued: count('queued').optional().meta({ description: 'How many more may wait for their turn.' }),
});

/** As the runtime reads it; what is not said has the runtime's default. */
export const callPolicy = z
  .strictObject({
    timeout: duration('For all attempts together.', '5s'),
    attempts: count('attempts')
      .optional()
      .meta({ description: 'At most; only what is safe to repeat is repeated.' }),
    hedgeAfter: duration(
      'What is safe to repeat and has no answer by then is asked of a second instance too.',
      '100ms',
    ),
    breaker: z
      .union([z.literal('off'), breaker])
      .optional()
      .meta({ description: 'Leaves a target alone that keeps failing.' }),
    bulkhead: z
      .union([z.literal('off'), bulkhead])
      .optional()
      .meta({ description: 'Bounds what one slow target can take hold of.' }),
  })
  .transform((policy): CallPolicy => {
    const { breaker, bulkhead } = policy;
    return defined({
      timeoutMs: policy.timeout,
      attempts: policy.attempts,
      hedgeAfterMs: policy.hedgeAfter,
      breaker:
        breaker === undefined || breaker === 'off'
          ? breaker && false
          : defined({
              threshold: breaker.threshold,
              windowMs: breaker.window,
              minimumCalls: breaker.minimumCalls,
              openMs: breaker.open,
              maxOpenMs: breaker.maxOpen,
            }),
      bulkhead: bulkhead === undefined || bulkhead === 'off' ? bulkhead && false : defined(bulkhead),
    });
  });

/** Without the keys that nobody gave. */
function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
