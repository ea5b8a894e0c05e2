/**
 * What of the operator's shell reaches the processes that we start: this list and nothing else, in one place. A shell has
 * variables for other programs (PGSSLMODE, NODE_OPTIONS, HTTP_PROXY, LD_PRELOAD), and a stack must not run differently
 * because of the terminal that it was started from. What services.yaml refers to is passed on by name, as values.
 */

/** Enough to find programs, to speak the operator's language and to trust the operator's authorities; no secrets. */
const FOR_INSTANCES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'] as const;

/** Where it keeps its socket and the prepared database server. */
const FOR_SUPERVISOR = [...FOR_INSTANCES, 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'HOMETRIP_CACHE_DIR'] as const;

type Variables = Readonly<Record<string, string | undefined>>;

export const shellOfInstances = (own: Variables): Record<string, string> => pick(own, FOR_INSTANCES);
export const shellOfSupervisor = (own: Variables): Record<string, string> => pick(own, FOR_SUPERVISOR);

const pick = (own: Variables, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = own[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
