// @ts-check

/** What a user or a CI system sets by environment so that packages can be reached at all. */
const KEEP =
  /^npm_config_(registry|userconfig|globalconfig|https?_proxy|proxy|noproxy|ca|cafile|strict_ssl|cache|store_dir|\/\/.*)$/i;

/**
 * The environment without what npm told its own script about itself: an npm or pnpm that we start would take it for
 * its settings.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutNpmVariables(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || KEEP.test(name)));
}
