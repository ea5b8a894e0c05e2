/** What a value syntax answers: the value, or why the text is not one, in words that say what would be. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly help?: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export function refused(message: string, help?: string): Parsed<never> {
  return help === undefined ? { ok: false, message } : { ok: false, message, help };
}
