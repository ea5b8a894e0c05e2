/** What follows `--` belongs to another program. */
export const ownArguments = (args: readonly string[]): readonly string[] =>
  args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
