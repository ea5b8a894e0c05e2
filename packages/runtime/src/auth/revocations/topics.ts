/** What instances tell each other about revoked tokens, and where. */
import { z } from 'zod';
import type { Keep } from '../../pubsub/index.ts';

/** A kept topic: a new instance reads from its oldest entry on. */
export const REVOCATIONS = 'revoked-tokens';
/** Who has applied what, for those who announce. */
export const HEARD = 'revoked-tokens.heard';

/** Longer than any access token lives. More than so many at once are the affair of those who announce: see `lost`. */
export const KEEP: Keep = { count: 20_000, seconds: 3_600 };

/** Published to REVOCATIONS, and not kept: all who verify tokens say where they are. */
export const WHO = { who: true };

export const Heard = z.object({
  instance: z.string(),
  /** Everything up to here has been applied. Absent: it stops, and need not be waited for. */
  position: z.string().optional(),
});
export type Heard = z.infer<typeof Heard>;
