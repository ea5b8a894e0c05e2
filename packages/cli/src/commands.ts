/** Every command, one line each. Commands import what they run only when they run, so that the list stays cheap. */
import { Validate } from './commands/validate.ts';

export const commands = { validate: Validate };
