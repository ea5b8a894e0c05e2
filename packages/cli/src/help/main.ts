/** Prints the help model: what the preparation of a checkout puts beside the bundle. */
import { createTerminal } from '../ui/terminal.ts';
import { currentHelp } from './current.ts';

createTerminal().jsonLine(currentHelp());
