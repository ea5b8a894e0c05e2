/** `external: ${DATABASE_URL}`: the address of a server that runs elsewhere, a literal URL or taken from the environment. */
import { parseUrl } from '@hometrip/runtime/addresses';
import type { Expression, Reference } from '../../model/expression.ts';
import { type Parsed, parsed, refused } from './parsed.ts';

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g;
const example =
  'write an URL or a variable: amqp://broker.example.com:5672, ${DATABASE_URL}, ${DATABASE_URL:-postgres://localhost:5432}';

export function parseAddress(text: string): Parsed<Expression> {
  const parts: (string | Reference)[] = [];
  let end = 0;
  for (const match of text.matchAll(variable)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    const [, name = '', fallback] = match;
    parts.push(
      fallback === undefined
        ? { kind: 'environment', variable: name }
        : { kind: 'environment', variable: name, fallback },
    );
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  const literal = parts.filter((part) => typeof part === 'string').join('');
  if (/[\s\p{Cc}]/u.test(text) || literal.includes('${'))
    return refused(`"${text}" is not an address`, example);
  if (parts.length === 1 && literal === text && !isUrl(text))
    return refused(`"${text}" is not an address`, example);
  return parsed(parts.every((part) => typeof part === 'string') ? literal : { parts });
}

function isUrl(text: string): boolean {
  try {
    parseUrl(text);
    return true;
  } catch {
    return false;
  }
}

/** What services.yaml itself says, with the defaults of all variables; undefined when one has none. */
export function writtenAddress(address: Expression): string | undefined {
  if (typeof address === 'string') return address;
  const parts = address.parts.map((part) =>
    typeof part === 'string' ? part : part.kind === 'environment' ? part.fallback : undefined,
  );
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}

/** As far as it is written out. */
export function beginningOf(address: Expression): string {
  if (typeof address === 'string') return address;
  const [first = ''] = address.parts;
  return typeof first === 'string' ? first : first.kind === 'environment' ? (first.fallback ?? '') : '';
}

/** The variables that have to be there: those without a default. */
export function requiredVariables(address: Expression): readonly string[] {
  if (typeof address === 'string') return [];
  return address.parts.flatMap((part) =>
    typeof part === 'object' && part.kind === 'environment' && part.fallback === undefined
      ? [part.variable]
      : [],
  );
}
