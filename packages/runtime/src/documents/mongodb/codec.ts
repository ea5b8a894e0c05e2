/** Documents of the port as documents of MongoDB: `id` is `_id`, everything else is there under its own name. */
import type { Document } from '../port.ts';

export interface Stored {
  readonly _id: string;
  readonly [field: string]: unknown;
}

export function toStored({ id, ...fields }: Document): Stored {
  return { _id: id, ...plain(fields) };
}

export function fromStored({ _id, ...fields }: Stored): Document {
  return { id: _id, ...fields } as unknown as Document;
}

/** What JSON would carry, so that instants are texts here as well and nothing arrives that is no JSON. */
export function plain(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(fields);
  return JSON.parse(text, text.includes('"_bsontype"') ? disarm : undefined) as Record<string, unknown>;
}

/** The driver takes an object with this key for a value of BSON; a map with it is only a map. */
function disarm(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && '_bsontype' in value
    ? new Map(Object.entries(value))
    : value;
}
