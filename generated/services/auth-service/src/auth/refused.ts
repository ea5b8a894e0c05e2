import { unauthorized } from '@hometrip/runtime';

/** One answer for an unknown address, a wrong password and a suspended account, so that it does not tell which accounts exist. */
export const refused = () => unauthorized('The e-mail address or the password is wrong.');
