/**
 * Finds the route for a path. Compiled once; a lookup allocates only the values of path parameters. A literal segment
 * wins over a parameter, wherever both fit: /listings/mine before /listings/:id.
 */

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  target: Target<T> | undefined;
}

/** Everything that answers at one path. */
export interface Target<T> {
  /** `/wishlists/:id`, with the parameter names of the route that was declared first. */
  readonly path: string;
  readonly methods: Map<string, T>;
}

export interface Match<T> {
  readonly target: Target<T>;
  /** Raw (still percent-encoded) values, in order. */
  readonly values: readonly string[];
}

const NONE: readonly string[] = [];

export class PathMatcher<T> {
  readonly #literal = new Map<string, Match<T>>();
  readonly #root: Node<T> = { literals: new Map(), parameter: undefined, target: undefined };

  /** @throws Error when the path is malformed or method and path are taken. */
  add(method: string, path: string, value: T): void {
    if (!/^(\/(:[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9._~-]+))+$/.test(path)) {
      throw new Error(
        `The path ${path} of a route is not valid: use /segments and /:parameters, without a slash at the end.`,
      );
    }
    let node = this.#root;
    for (const segment of path.slice(1).split('/')) {
      if (segment.startsWith(':')) {
        node = node.parameter ??= { literals: new Map(), parameter: undefined, target: undefined };
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) {
          next = { literals: new Map(), parameter: undefined, target: undefined };
          node.literals.set(segment, next);
        }
        node = next;
      }
    }
    node.target ??= { path, methods: new Map() };
    if (node.target.methods.has(method)) throw new Error(`Two routes answer ${method} ${path}.`);
    node.target.methods.set(method, value);
    if (!path.includes(':')) this.#literal.set(path, { target: node.target, values: NONE });
  }

  find(path: string): Match<T> | undefined {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return literal;
    const values: string[] = [];
    const target = descend(this.#root, path, 1, values);
    return target === undefined ? undefined : { target, values };
  }
}

/** Depth is bounded by the declared paths, not by the request. */
function descend<T>(node: Node<T>, path: string, start: number, values: string[]): Target<T> | undefined {
  const slash = path.indexOf('/', start);
  const end = slash === -1 ? path.length : slash;
  const segment = path.slice(start, end);
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const target = slash === -1 ? literal.target : descend(literal, path, end + 1, values);
    if (target !== undefined) return target;
  }
  if (node.parameter === undefined || segment === '') return undefined;
  values.push(segment);
  const target = slash === -1 ? node.parameter.target : descend(node.parameter, path, end + 1, values);
  if (target === undefined) values.pop();
  return target;
}
