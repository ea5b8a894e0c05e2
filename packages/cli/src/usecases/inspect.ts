/** The resolved stack, for people and tools. */
import { loadStack, type LoadedStack, type LoadStackOptions } from './load-stack.ts';

/** The stack is plain data: JSON.stringify prints all of it, keys in the order of model/stack.ts. Throws as loadStack does. */
export async function inspect(file: string, options: LoadStackOptions = {}): Promise<LoadedStack> {
  return loadStack(file, options);
}
