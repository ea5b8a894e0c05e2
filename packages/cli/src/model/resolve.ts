/** Spec → Stack: a pure function. Late references stay expressions; everything else is final, ordered and frozen. */
import type { ComponentKind } from '../components/component.ts';
import type { Spec } from '../spec/schema.ts';
import type { Stack } from './stack.ts';

export interface ResolveOptions {
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own parameters, checked by its schema before they get here
  readonly kinds: readonly ComponentKind<any>[];
  /** The overlay that the spec was read with. */
  readonly environment?: string | undefined;
}
export type ResolveStack = (spec: Spec, options: ResolveOptions) => Stack;
