/** Every command, one line each. Commands import what they run only when they run, so that the list stays cheap. */
import { Generate } from './commands/generate.ts';
import { Validate } from './commands/validate.ts';

export const commands = { generate: Generate, validate: Validate };
