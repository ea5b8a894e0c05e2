/**
 * Mails as typed functions. A template is code: its values have types, a language is a value like any other, and a part that
 * several mails share is a function. What a tag is given it checks: nothing that is missing ever becomes `undefined` in a mail.
 */

/** What `text` makes. */
export class Text {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

/** What `html` makes: goes into other html as it is. */
export class Html {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

type Plain = string | number | bigint;
/** What may stand in `text`. */
export type TextValue = Plain | Text | readonly TextValue[];
/** What may stand in `html`: escaped, unless it is HTML already. */
export type HtmlValue = Plain | Html | readonly HtmlValue[];

/** The words of a mail, ready to be sent. */
export interface MailContent {
  /** Label of the metrics and word of the logs, from a fixed set: `booking-confirmed`. */
  readonly name: string;
  readonly subject: string;
  /** For those who read no HTML, and for search and voices. */
  readonly text: string;
  readonly html?: string | undefined;
}

/** Makes the content of a mail from its values. */
export interface MailTemplate<V> {
  /** Lower-case letters, digits and dashes: `booking-confirmed`. */
  readonly name: string;
  subject(values: V): Text;
  text(values: V): Text;
  html?: ((values: V) => Html) | undefined;
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * @throws TypeError at once for a name that is none; from the function it makes, for a value that is missing.
 * @example
 * const welcome = defineMail({
 *   name: 'welcome',
 *   subject: ({ name }: { name: string }) => text`Welcome, ${name}`,
 *   text: ({ name }) => text`Hello ${name}, good to have you here.`,
 *   html: ({ name }) => html`<p>Hello <b>${name}</b>, good to have you here.</p>`,
 * });
 * await mailer.send({ to: user.email, key: event.id, ...welcome({ name: user.name }) });
 */
export function defineMail<V = void>(template: MailTemplate<V>): (values: V) => MailContent {
  const { name } = template;
  if (!NAME.test(name))
    throw new TypeError(
      `“${name}” is not a name for a mail: use lower-case letters, digits and dashes, as in booking-confirmed`,
    );
  return (values) => {
    const made = <T>(part: string, make: () => T): T => {
      try {
        return make();
      } catch (error) {
        throw new TypeError(`The ${part} of the mail “${name}”: ${(error as Error).message}`, {
          cause: error,
        });
      }
    };
    return {
      name,
      subject: made('subject', () => template.subject(values)).value,
      text: made('text', () => template.text(values)).value,
      ...(template.html === undefined ? {} : { html: made('html', () => template.html?.(values))?.value }),
    };
  };
}

/** Plain text. @throws TypeError for a value that is missing. */
export function text(literals: TemplateStringsArray, ...values: readonly TextValue[]): Text {
  const show = (value: TextValue, index: number): string =>
    Array.isArray(value)
      ? value.map((one: TextValue) => show(one, index)).join('')
      : value instanceof Text
        ? value.value
        : plain(value, index, literals);
  return new Text(join(literals, values.map(show)));
}

/**
 * HTML: values are escaped, also between the quotes of an attribute; what `html` made goes in as it is. Lists are joined.
 * @throws TypeError for a value that is missing, an attribute without quotes, or an address to follow that is not a web or mail one.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const show = (value: HtmlValue, index: number): string => {
    if (Array.isArray(value)) return value.map((one: HtmlValue) => show(one, index)).join('');
    if (value instanceof Html) return value.value;
    const shown = plain(value, index, literals);
    const before = literals[index] ?? '';
    if (/=\s*$/.test(before)) throw new TypeError(`put quotes around ${place(literals, index)}`);
    if (/\b(?:href|src)\s*=\s*["']$/i.test(before) && !isSafeUrl(shown))
      throw new TypeError(`${place(literals, index)} is not an https:, http: or mailto: address`);
    return shown.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
  };
  return new Html(join(literals, values.map(show)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Types say this already; values that come from elsewhere may not know. Numbers that are none count as missing. */
function plain(value: unknown, index: number, literals: TemplateStringsArray): string {
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  const is = value === null || typeof value === 'number' ? String(value) : typeof value;
  throw new TypeError(`${place(literals, index)} is ${is}: it must be a text or a number`);
}

/** Which value, by the words before it: they are the template's own, and in no way secret. */
function place(literals: TemplateStringsArray, index: number): string {
  const before = (literals[index] ?? '').slice(-20).trim();
  return `value ${index + 1}${before === '' ? '' : ` (after “${before}”)`}`;
}

const isSafeUrl = (value: string): boolean =>
  URL.canParse(value) && ['https:', 'http:', 'mailto:'].includes(new URL(value).protocol);

const join = (literals: TemplateStringsArray, values: readonly string[]): string =>
  literals.reduce((made, literal, index) => made + (values[index - 1] ?? '') + literal);
