/**
 * Mail by the settings of a service.
 *
 * @setting MAILER_URL Mail server: `smtps://user@host:465`, `smtp://user@host:587` (STARTTLS), or `file:///…/mail`, a mailbox that keeps all.
 * @setting MAILER_FROM Who sends the mail of this service: `HomeTrip <no-reply@example.com>`.
 */
import type { PortOptions } from '../port.ts';
import { type Environment, readSetting, requireUrl, SettingError } from '../settings.ts';
import { parseSender } from './address.ts';
import { type Mailer, openMailer } from './index.ts';

/**
 * A mailer by MAILER_URL and MAILER_FROM. There is no default for the URL: a service that cannot send its mail says so when it starts,
 * and never keeps it to itself.
 * @throws SettingError
 */
export async function openMailerOf(env: Environment, options: PortOptions): Promise<Mailer> {
  const url = requireUrl(env, 'MAILER_URL');
  const from = readSetting(env, 'MAILER_FROM');
  if (from === undefined && url.protocol !== 'file:')
    throw new SettingError(
      'MAILER_FROM',
      'MAILER_FROM is not set: say who sends the mail of this service, HomeTrip <no-reply@example.com>.',
    );
  try {
    // In a mailbox that nobody but its developer reads, any sender will do.
    parseSender(from ?? SOMEBODY, 'MAILER_FROM');
  } catch (error) {
    throw new SettingError('MAILER_FROM', (error as Error).message);
  }
  return openMailer(url, { ...options, from: from ?? SOMEBODY });
}

const SOMEBODY = 'no-reply@localhost';
