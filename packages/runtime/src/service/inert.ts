/**
 * A platform on which nothing happens: for reading the routes of a service without opening anything. Routes only declare;
 * whatever their factories prepare (repositories, clients) they may prepare on this.
 */
const target = function inert() {};

export const inert: any = new Proxy(target, {
  // Not thenable: an `await` would never end.
  get: (_, key) =>
    key === 'then'
      ? undefined
      : key === Symbol.toPrimitive
        ? () => ''
        : key === Symbol.iterator
          ? emptyIterator
          : inert,
  apply: () => inert,
  construct: () => inert,
});

function* emptyIterator(): Generator<never> {}
