import { smtpAddress, smtpSchemes } from '@hometrip/runtime/addresses';
import { parseSender } from '@hometrip/runtime/mail-address';
import { z } from 'zod';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { http, portNumber, tcp } from '../shared.ts';

/** By the parser that the services read their MAILER_FROM with: what is taken here starts there. */
function isSender(text: string): boolean {
  try {
    parseSender(text, 'from');
    return true;
  } catch {
    return false;
  }
}

/**
 * Mail. Servers that deliver it are run elsewhere, and named by `external`. Without that, what services send is kept for whoever
 * develops them, and goes to nobody.
 */
export const smtp = defineComponent({
  kind: 'smtp',
  description: 'Mail: an external server, or a mailbox that keeps all of it',
  version: { default: 'v1.33', of: 'Version of Mailpit, which stands in where no mail server is named.' },
  params: {
    port: portNumber(8025, 'Port of its mailbox, a web page, on the loopback interface.'),
    from: z
      .string()
      .refine(isSender, 'write an address such as no-reply@example.com, or Shop <no-reply@example.com>')
      .default('no-reply@localhost')
      .describe('Who sends the mail of the services: `HomeTrip <no-reply@example.com>`.'),
  },
  capabilities: ['mail'],
  schemes: smtpSchemes,
  readAddress: (url) => {
    const complete = new URL(url);
    // It comes from a file.
    if (url.username !== '' && url.password === '') complete.password = 'given';
    smtpAddress(complete);
  },
  listens: ({ port }) => [tcp('smtp', 1025), http('http', 8025, port)],
  data: '/data',
  runs: ({ params: { version } }) => ({
    image: `axllent/mailpit:${version}`,
    environment: {
      MP_DATABASE: '/data/mailpit.db',
      MP_DISABLE_VERSION_CHECK: 'true',
      MP_MAX_MESSAGES: '1000',
      MP_SMTP_DISABLE_RDNS: 'true',
    },
    health: { kind: 'exec', command: ['/mailpit', 'readyz'], startPeriodSeconds: 10 },
    scratch: ['/tmp'],
    readOnly: true,
  }),
  connect: ({ name, params: { from } }) => ({
    url: expr`smtp://${endpoint(name, 'smtp')}?starttls=off`,
    settings: { FROM: from },
  }),
  // An address never carries a password, also when its server is not ours.
  elsewhere: ({ name, params: { from } }) => ({ secret: `${name}-password`, settings: { FROM: from } }),
  console: () => ({ port: 'http', path: '/' }),
  externalSecrets: ({ name }) => [
    {
      name: `${name}-password`,
      kind: 'given',
      description: 'the password of the user in the address of the mail server',
    },
  ],
});
