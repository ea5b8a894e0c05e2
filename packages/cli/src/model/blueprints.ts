/**
 * What a service is built from. A blueprint is a folder below templates/blueprints/, of the project or of the installation, whose
 * blueprint.json says everything about it (docs/blueprints.md explains the keys). The default of services is the base alone:
 * whatever a service is, its entities get the same REST API.
 */
import { allCapabilities, type Capability, capabilities } from './capabilities.ts';

/**
 * What a blueprint is to the rest of the system. `front`: clients reach all services through it. `sockets`: it pushes events to
 * clients. `issuer`: it issues the access tokens that all others verify.
 */
export type BlueprintRole = 'front' | 'sockets' | 'issuer';

/** A function of the platform that returns a list, for a key of `defineService`. */
export interface Contribution {
  readonly name: string;
  /** Relative to src/: `./auth/routes.ts`. */
  readonly from: string;
}

/** A blueprint.json with its defaults, as plain data; `id` is the name of its folder. */
export interface Blueprint {
  readonly id: string;
  readonly description: string;
  readonly kind: 'gateway' | 'service';
  readonly role?: BlueprintRole | undefined;
  /** Below /api/v1: where an issuer answers its public keys. */
  readonly keys?: string | undefined;
  /** Below /api/v1: what it answers itself, besides its entities. */
  readonly paths: readonly string[];
  /** Kinds of components that may store its data. */
  readonly databases: readonly string[];
  /** Extensions of PostgreSQL. */
  readonly extensions: readonly string[];
  readonly secrets: readonly {
    readonly name: string;
    readonly env: string;
    readonly kind: 'password' | 'key';
    readonly description: string;
  }[];
  /** Generated files that it reads: `source` below the output folder. */
  readonly files: readonly { readonly env: string; readonly source: string; readonly folder: string }[];
  readonly replicable?: false | undefined;
  /** The name that its files use for the service; without it nothing is copied. */
  readonly service?: string | undefined;
  readonly needs: Readonly<Record<string, unknown>>;
  /** Fields by event. */
  readonly publishes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly contributes: Readonly<Record<string, readonly Contribution[]>>;
  readonly consumes: readonly string[];
  readonly standIns: readonly string[];
  /** Variables with one line of explanation each. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files of the runtime's packages that it serves: `swagger-ui-dist/swagger-ui.css`. */
  readonly assets: readonly string[];
  /** Version ranges by name: what its code imports from npm beside the runtime. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What a project can build its services from: its own, and those of the installation that it does not replace. */
export interface Blueprints {
  readonly all: readonly Blueprint[];
  /** Names that the files of a blueprint give to tables, schemas of its API and modules, with what each of them is. */
  brings(blueprint: Blueprint): ReadonlyMap<string, string>;
}

/** The only blueprints that the code knows by name: what is taken where services.yaml names none, and what hints recommend. */
export const stock = { gateway: 'api-gateway', service: 'crud', issuer: 'auth' } as const;

/** What a service is built from when it does not say. A gateway named like a blueprint is that one. */
export function blueprintIdOf(
  name: string,
  kind: Blueprint['kind'],
  declared: string | undefined,
  blueprints: readonly Blueprint[],
): string {
  if (declared !== undefined) return declared;
  const namesake = kind === 'gateway' && blueprints.some((one) => one.kind === kind && one.id === name);
  return namesake ? name : stock[kind];
}

/** What the blueprint's own code cannot do without, whatever services.yaml says, beside its database; by name. */
export const needsOf = (blueprint: Blueprint | undefined): readonly Capability[] =>
  allCapabilities()
    .filter((capability) => {
      const { need, claim, optional } = capabilities[capability];
      return need !== undefined && claim !== 'store' && !optional && blueprint?.needs[need] === true;
    })
    .sort();

interface Built {
  readonly blueprint: Blueprint;
}

/** Whether what is built from this blueprint plays this role in its stack. */
export const hasRole =
  (role: BlueprintRole) =>
  ({ blueprint }: Built): boolean =>
    blueprint.role === role;

/** Whether it issues the access tokens of its stack. */
export const isIssuer = hasRole('issuer');

/** One line about a service: its own words, else its blueprint's. */
export const describeService = (service: Built & { readonly description: string | undefined }): string =>
  service.description ?? service.blueprint.description;
