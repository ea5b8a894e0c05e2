import { z } from 'zod';
import type { Parsed } from './parsed.ts';

/** A zod schema for a value that is written as text with a syntax of its own; parsed once, here. */
export function syntax<T>(
  parse: (text: string) => Parsed<T>,
  meta: { readonly description?: string; readonly examples?: readonly string[] } = {},
) {
  const example = meta.examples?.[0];
  return z
    .string(example === undefined ? undefined : { error: `for example ${example}` })
    .meta({ ...meta, ...(meta.examples && { examples: [...meta.examples] }) })
    .transform((text, context): T => {
      const result = parse(text);
      if (result.ok) return result.value;
      context.addIssue({
        code: 'custom',
        message: result.message,
        params: { help: result.help },
        input: text,
      });
      return z.NEVER;
    });
}
