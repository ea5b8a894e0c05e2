import { type AuthPlatform, authOf } from './opened.ts';

const forgetEveryMs = 60_000;

/** Tells what was left untold, and forgets what is over. */
export function startAuth(platform: AuthPlatform): () => void {
  const { revocations, throttle } = authOf(platform);
  const stopTelling = revocations.start();
  const timer = setInterval(() => {
    throttle
      .forget()
      .catch((error: unknown) => platform.log.warn({ err: error }, 'what is over could not be removed'));
  }, forgetEveryMs).unref();
  return () => {
    clearInterval(timer);
    stopTelling();
  };
}
