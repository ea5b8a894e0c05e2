/** What a port needs of a logger; pino's satisfies it. Fields first, then the message. */
export interface PortLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silent: PortLogger = { debug() {}, info() {}, warn() {}, error() {} };
