import { DeliveryError, type DeliveryFailure, type Refusal } from '../port.ts';

/** What the driver's errors carry. */
export interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  /** The last line of the server: it may name addresses. */
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly recipient?: string | undefined;
  readonly rejectedErrors?: readonly SmtpError[] | undefined;
}

/** The server wants another user or more TLS, whatever the message (RFC 4954, section 6). */
const NO_ENTRY = new Set([530, 534, 535, 538]);
/** Nothing is wrong with the message when the session was in the wrong state (503) or the server leaves (421). */
const SESSION = new Set([421, 503]);

/** The servers' words without addresses and without control characters: they go into logs. */
export function redact(reply: string): string {
  return reply
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/<[^<>]*>|[^\s<>()[\]:;,"']*@[^\s<>()[\]:;,"']*/g, '<…>')
    .slice(0, 200)
    .trim();
}

export const refusalOf = ({ recipient = '', responseCode = 0, response = '' }: SmtpError): Refusal => ({
  address: recipient,
  permanent: responseCode >= 500,
  reply: redact(response),
});

/** @param handedOver The whole message went out, so that only its answer was missing. */
export function deliveryError(error: SmtpError, handedOver: boolean): DeliveryError {
  return new DeliveryError(kindOf(error, handedOver), messageOf(error));
}

function kindOf({ code, responseCode }: SmtpError, handedOver: boolean): DeliveryFailure {
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return responseCode !== undefined && responseCode < 500 ? 'away' : 'unusable';
  if (code === 'ETLS') return 'unusable';
  // It turned us away at its door (a greeting of 554), or answers what was not asked.
  if (code === 'EPROTOCOL' && !handedOver) return (responseCode ?? 0) >= 500 ? 'unusable' : 'away';
  if (responseCode !== undefined && responseCode >= 400) {
    // Whatever it answers that is no success, it has not taken the message.
    if (SESSION.has(responseCode)) return 'away';
    if (NO_ENTRY.has(responseCode)) return 'unusable';
    return responseCode < 500 ? 'deferred' : 'refused';
  }
  if (code === 'EENVELOPE') return 'refused';
  return handedOver ? 'uncertain' : 'away';
}

function messageOf({ code, originalCode, response, message }: SmtpError): string {
  if (response !== undefined) return redact(response);
  // The driver's words for a connection that was closed, since it repeats nothing for us.
  if (message.startsWith('Reached maximum number of retries')) return 'the server closed the connection';
  const reason = redact(message);
  return originalCode === undefined && code !== undefined ? `${reason} (${code})` : reason;
}
