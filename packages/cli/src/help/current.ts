import { commands } from '../commands.ts';
import { installedVersion } from '../platform/version.ts';
import { type HelpModel, helpModel } from './model.ts';

export const currentHelp = (): HelpModel => helpModel(commands, installedVersion());
