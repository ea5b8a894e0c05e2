/** Positions in a kept topic: numbers, the first of which counts most. `1764176412345678`, `1764176412345-2`. */

const FORM = /^(?:0|[1-9]\d{0,17})(?:-(?:0|[1-9]\d{0,17}))?$/;

/** Whether some adapter may have given it. What comes from outside is checked before it goes to a server. */
export const isPosition = (text: string): boolean => FORM.test(text);

/** Whether a position is a later one. */
export function isAfter(position: string, other: string): boolean {
  const [first = '', second = ''] = position.split('-');
  const [otherFirst = '', otherSecond = ''] = other.split('-');
  return first === otherFirst ? isGreater(second, otherSecond) : isGreater(first, otherFirst);
}

/** Of numbers too long for JavaScript's own, without leading zeros. */
const isGreater = (digits: string, others: string): boolean =>
  digits.length === others.length ? digits > others : digits.length > others.length;
