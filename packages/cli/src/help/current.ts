import { commands } from '../commands.ts';
import { installedVersion } from '../platform/installation.ts';
import { type HelpModel, helpModel } from './model.ts';

export const currentHelp = (): HelpModel => helpModel(commands, installedVersion());
