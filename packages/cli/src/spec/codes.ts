/**
 * Every finding that the spec can have. Codes never change their meaning and are never used again; the page
 * docs/reference/diagnostics.md is generated from this table.
 */
export type Severity = 'error' | 'warning' | 'info';

export interface CodeInfo {
  readonly severity: Severity;
  readonly title: string;
  /** Why it matters. */
  readonly explanation: string;
  readonly fix: string;
}

const error = (title: string, explanation: string, fix: string): CodeInfo => ({
  severity: 'error',
  title,
  explanation,
  fix,
});
const warning = (title: string, explanation: string, fix: string): CodeInfo => ({
  severity: 'warning',
  title,
  explanation,
  fix,
});
const info = (title: string, explanation: string, fix: string): CodeInfo => ({
  severity: 'info',
  title,
  explanation,
  fix,
});

export const codes = {
  // HT01: reading the file.
  HT0101: error(
    'Not valid YAML',
    'The text cannot be read as YAML 1.2, so nothing else can be checked.',
    'Repair the place shown. Frequent causes: wrong indentation, a missing quote or bracket, a `: ` inside a text without quotes.',
  ),
  HT0102: error(
    'Not readable as text',
    'services.yaml is UTF-8 text without NUL characters. Other encodings would be misread silently.',
    'Save the file as UTF-8.',
  ),
  HT0103: error(
    'Too big',
    'The file is larger, or nested deeper, or its aliases expand to more than any real system needs.',
    'Look whether this is really the file that you meant; split a very large system into several.',
  ),
  HT0104: error(
    'Not one mapping',
    'The file must hold exactly one document, and that must be a mapping of keys such as name, services.',
    'Start with `name: my-system` and `version: 1`; remove further documents after `---`.',
  ),
  HT0105: error(
    'Key twice',
    'Of two equal keys in one mapping one would be lost.',
    'Remove or rename one of them.',
  ),
  HT0106: error(
    'Key not allowed',
    'Keys are plain texts. Names that every JavaScript object has (`constructor`, `__proto__` …) are reserved.',
    'Choose another name.',
  ),
  HT0107: error(
    'Broken alias',
    'An alias (`*name`) or merge key (`<<`) refers to an anchor that does not exist before it, to itself, or to something that cannot be merged.',
    'Define the anchor (`&name`) above its first use; merge only mappings.',
  ),
  HT0108: warning(
    'Unknown tag',
    'Tags (`!name`) have no meaning in services.yaml and are ignored.',
    'Remove the tag.',
  ),
  // HT02: keys, values and what names refer to.
  HT0201: error(
    'Unknown key',
    'A key that nothing reads is most likely a typing mistake, and what it should have set is not set.',
    'Use one of the keys that the message lists; the reference of services.yaml explains them.',
  ),
  HT0202: error('Missing key', 'Without this key the system is not defined.', 'Add it.'),
  HT0203: error(
    'Unknown service',
    '`calls` names services under `services`; a typed client and the start order follow from it.',
    'Correct the name or declare the service.',
  ),
  HT0204: error(
    'Wrong kind of value',
    'The value is not of the kind that the key takes.',
    'Write the value as the message says. A text that looks like a number or a boolean needs quotes.',
  ),
  HT0205: error(
    'Value not understood',
    'The value has a syntax of its own (a size, rate, field type …) and does not follow it.',
    'Write it as in the example of the message.',
  ),
  HT0206: error(
    'Unknown component',
    'Only the kinds of components that hometrip knows can be declared, and only declared ones can be used.',
    'Correct the name, or declare the component under `components`.',
  ),
  HT0207: error(
    'Unknown event',
    '`publishes` and `subscribes` name contracts under `events`.',
    'Correct the name or declare the contract.',
  ),
  HT0208: error(
    'Unknown rate limit',
    '`rateLimit` names one under `rateLimits`.',
    'Correct the name or declare the limit.',
  ),
  HT0209: error(
    'Unknown blueprint',
    'The blueprint does not exist, or is for gateways where a service is wanted or the other way round.',
    'Choose one that the message lists.',
  ),
  HT0210: error(
    'Unknown field type',
    'A field has one of the built-in types or is a reference to an entity that some service declares.',
    'Correct the type or declare the entity.',
  ),
  HT0211: error(
    'Name not allowed',
    'Names become DNS names, database names, classes and file names, so their form is narrow.',
    'Rename it as the message says.',
  ),
  HT0212: error('Listed twice', 'A list of names has the same name twice.', 'Remove one of them.'),
  // HT03: rules over the whole system.
  HT0301: error(
    'Port taken twice',
    'Two processes cannot listen on one port of the same machine.',
    'Give one of them another port.',
  ),
  HT0302: error(
    'Port reserved',
    'Ports below 1024 need special rights, and browsers and fetch refuse some others (WHATWG Fetch, "bad port").',
    'Choose a port from 1024 on that is not refused, for example 4001.',
  ),
  HT0303: error(
    'Names collide',
    'The names become equal where hyphens, case or the ending -service do not count: as databases, classes or files.',
    'Rename one of them.',
  ),
  HT0304: error(
    'Entity declared twice',
    'Fields refer to entities by name alone, so a name stands for one entity in the whole system.',
    'Rename one of them.',
  ),
  HT0305: error(
    'Path taken twice',
    'Two services would answer the same path at the edge.',
    'Rename one of the entities.',
  ),
  HT0306: error(
    'Name reserved',
    'Something else has this name already: what every entity has, what the runtime or the server keeps beside the entities, or what runs beside the services.',
    'Choose another name.',
  ),
  HT0307: error(
    'Component missing',
    'The service needs something that no declared component offers.',
    'Declare the component under `components`.',
  ),
  HT0308: error(
    'Database not possible',
    'The component stores no data of services, or the blueprint is written for another one.',
    'Choose one that the message lists.',
  ),
  HT0309: error(
    'Cannot be replicated',
    'Several instances of it would not work together.',
    'Set replicas to 1.',
  ),
  HT0310: error(
    'Autoscale range empty',
    'The fewest instances are more than the most.',
    'Make min at most max.',
  ),
  HT0311: error(
    'Variable not set',
    'The address comes from an environment variable that has no value and no default.',
    'Set the variable, or write a default: ${NAME:-value}.',
  ),
  HT0312: error(
    'Event does not match its entity',
    'Events named <entity>.created, .updated and .deleted are published by the service itself from the record, so they can only carry its id and its fields.',
    'Use <entity>Id and fields of the entity, or name the event otherwise.',
  ),
  HT0313: error(
    'Owner missing',
    'Access for the owner needs a field of type user that says who that is.',
    'Add a field `owner: user`, or give access to other callers.',
  ),
  HT0314: error(
    'Unique without field',
    '`$unique` names fields of the entity.',
    'Correct the name or add the field.',
  ),
  HT0315: warning(
    'Calls in a circle',
    'Services that call each other in a circle cannot be started or upgraded one after the other, and slow each other down under load.',
    'Turn one of the calls into an event.',
  ),
  HT0316: warning(
    'Event without publisher',
    'A service waits for an event that no service publishes.',
    'Add it to `publishes` of a service, or stop subscribing.',
  ),
  HT0317: info(
    'Event without subscriber',
    'An event is published that no service consumes. That is fine for consumers outside of the system.',
    'Subscribe to it, or stop publishing.',
  ),
  HT0318: info('Declared and not used', 'Nothing uses this event or rate limit.', 'Use it or remove it.'),
  HT0319: warning(
    'Secret in plain text',
    'services.yaml is in version control, and all who can read it can read the secret.',
    'Take it out and change it; write ${VARIABLE} where an address needs one. Passwords of declared components are made and kept by hometrip.',
  ),
  HT0320: error(
    'No services',
    'A system without any service or gateway has nothing to run.',
    'Declare a service under `services`.',
  ),
  HT0321: error(
    'Component not for use',
    '`uses` names components that a service connects to beside its database: caches, search.',
    'Remove it; a store of data belongs under `database`. Events, registry and traces need no mention.',
  ),
  HT0322: error(
    'Ownership cannot be checked',
    '`mine` is for a reference to an entity of the same service: it looks up who owns the record and refuses all others. Other services keep their records to themselves, and without a user in the record or in the request there is no user to compare with.',
    'Remove `mine`, or name fields of the referenced entity that hold users.',
  ),
  HT0323: error(
    'Owner named by the caller',
    'An entity with an owner that everyone may create, signed in or not, gets its owner from the request, so a caller can act as another user.',
    'Let `user`, a role, `admin` or `service` create it, or take the owner away.',
  ),
  HT0324: error(
    'Address of another kind',
    'The scheme of an `external` address chooses the adapter that services speak to the server with. Another scheme is another server.',
    'Write an address with a scheme of this component. For another server, declare its component.',
  ),
  HT0325: error(
    'Policy without a call',
    '`callPolicies` says how a service calls those that its `calls` lists.',
    'Correct the name, or add it to `calls`.',
  ),
  HT0326: error(
    'Name too long',
    'A name goes to servers and tools that keep only so much of it: the first 63 bytes of a column, 40 characters of a dashboard. Cut, it would be another name, or that of something else.',
    'Choose a shorter name.',
  ),
  HT0327: error(
    'One name in generated code',
    'From order follow the types CreateOrder, UpdateOrder and OrderPage, and variables likewise; an entity create-order would be the first of them too.',
    'Rename one of the entities.',
  ),
  HT0328: error(
    'Rate that nginx cannot keep',
    'nginx counts whole requests in a second or in a minute. Any other rate it would round, and refuse clients that keep to theirs.',
    'Write a whole number a second or a minute. Without the component nginx any rate will do.',
  ),
  HT0361: error(
    'Unique list or JSON',
    'Stores compare single values. Two lists with the same items in another order, or one with an item twice, would be different, and MongoDB does not compare lists at all.',
    'Make an entity of the items, and a field of that unique; or remove `unique`.',
  ),
  HT0362: error(
    'Too many fields unique together',
    'An index of PostgreSQL or MongoDB has at most 32 fields.',
    'Name those fields only that tell two records apart.',
  ),
  HT0363: error(
    'Address that no service could use',
    'Services read the address with the same parser. What it does not take would keep them from starting, and a parameter that nothing reads would be ignored.',
    'Write the address as the message says. A sign such as @, / or % in a user or password is written as its code: %40, %2F, %25.',
  ),
  HT0364: error(
    'Breaker range empty',
    'A breaker stays open for `open` at first, and doubles that with every look that fails, up to `maxOpen`.',
    'Make open at most maxOpen.',
  ),
  HT0365: warning(
    'Version without quotes',
    'YAML reads 1.30 as the number 1.3 and 0x10 as 16. hometrip takes the version as it is written; editors and scripts that read or rewrite the file may not.',
    'Quote it: version: "1.30".',
  ),
  HT0366: warning(
    'Tokens cannot be revoked',
    'Access tokens count for 15 minutes. That an account was suspended or its password changed reaches the services earlier over pub/sub, and no component of this system offers it.',
    'Add `redis: {}` to the components; no service needs to name it.',
  ),
  HT0346: error(
    'Address of no database',
    '`addresses` says where the databases of single services are: of those that store their data in this component.',
    'Name a service with this `database`, or write `external` for the whole server.',
  ),
  HT0347: error(
    'Shared database',
    'Each service has a database of its own: two in one would overwrite each other’s tables and history of migrations.',
    'Write an address with another database for each, or leave `addresses` out: on an `external` server each service gets one.',
  ),
  HT0376: error(
    'No first record',
    'A reference within a service leads to a record that is there. Where each record needs another one before it, in a circle, there is never a first.',
    'Make one reference of the circle optional with `?`.',
  ),
  HT0377: error(
    'Read-only without a value',
    'Clients never set a read-only field, so that it begins with its default, or with nothing. This one can be neither.',
    'Give it a default, or make it optional with `?`.',
  ),
  HT0378: error(
    'Blueprint needs more',
    'A blueprint is code that is there already: it publishes certain events, or does not start without certain components.',
    'Declare what the message names.',
  ),
  HT0380: error(
    'Blueprint not readable',
    'A blueprint of the project is a folder of plain files with a blueprint.json. Links are refused: what they lead to may be anything, and elsewhere.',
    'Repair the file that the message names, or put a copy in place of the link.',
  ),
  HT0381: error(
    'Blueprint does not fit together',
    'blueprint.json names files of its folder, and says what role the blueprint has and what comes with it. Something of that is not there.',
    'Correct blueprint.json as the message says, or add the file.',
  ),
  HT0382: error(
    'Unknown role',
    'Access is given to public, user, owner, admin, service, or to a role that `roles` declares. No user could have another one.',
    'Correct the name, or add it to `roles`.',
  ),
  HT0383: error(
    'Extensions without PostgreSQL',
    '`extensions` are made in the database of the service, for its migrations. Other stores have none.',
    'Remove `extensions`, or store the data of the service in PostgreSQL.',
  ),
  HT0384: error(
    'Template cannot be rendered',
    'A text template of the project replaces the one of the same path, and may use the names of its view alone: an unknown name would be a hole in the generated file.',
    'Use a name that the message lists.',
  ),
  HT0385: error(
    'Not offered',
    '`offers` says which of the things that a kind of component offers this one is for.',
    'Name some of those that the message lists, or remove `offers`.',
  ),
  HT0386: error(
    'Two for one purpose',
    'A service has one connection for each purpose: one cache, one search engine. Two components that it uses offer the same.',
    'Use one of them, or say with `offers` what each component is for.',
  ),
  HT0387: error(
    'One for all',
    'All services of a system share this: publishers and subscribers meet on one bus, instances are found in one registry, and news of revoked tokens travel on one pub/sub. Some kinds of components are there once for the whole system.',
    'Remove one of them; where they offer more than what is shared, say with `offers` what each is for.',
  ),
  HT0336: error(
    'Rename that contradicts itself',
    '`renamedFrom` hands the data of one name over to another. It cannot come from a name that is still there, nor go to two.',
    'Name the earlier name, once. When the rename has been applied everywhere, the declaration may go.',
  ),
  HT0337: error(
    'Nothing to rename',
    '`renamedFrom` hands stored data over. Events, and services without a database, store none.',
    'Remove it.',
  ),
  HT0338: error(
    'Names change places in documents',
    'A store of documents renames at the first use, without a history of what was done, so it cannot tell a swap from the next one.',
    'Rename one of them to a third name, run `hometrip up`, and go on from there.',
  ),
} as const satisfies Record<string, CodeInfo>;

export type Code = keyof typeof codes;
