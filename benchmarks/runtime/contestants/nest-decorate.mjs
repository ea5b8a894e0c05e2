/** Decorators as function calls, which Node runs without a compiler; the compiled form of a Nest application does the same. */
import 'reflect-metadata';

export const decorateClass = (type, ...decorators) => Reflect.decorate(decorators, type);

/** @param {readonly unknown[]} types of its parameters: `design:paramtypes`, as the compiler notes them */
export function decorateMethod(type, name, types, ...decorators) {
  Reflect.defineMetadata('design:paramtypes', types, type.prototype, name);
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  Object.defineProperty(type.prototype, name, Reflect.decorate(decorators, type.prototype, name, descriptor));
}

export const decorateParameter = (type, name, index, decorator) => decorator(type.prototype, name, index);

export function decorateProperties(type, properties) {
  for (const [name, decorators] of Object.entries(properties))
    for (const decorator of decorators) decorator(type.prototype, name);
}

/** What its constructor gets. */
export const inject = (type, ...parameters) => Reflect.defineMetadata('design:paramtypes', parameters, type);
