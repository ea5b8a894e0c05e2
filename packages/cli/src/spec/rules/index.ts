/** The third stage: what concerns several places of the spec at once. Each rule reports all that it finds. */
import type { Findings } from '../diagnostics.ts';
import { blueprintComponents, blueprintEvents } from './blueprint-needs.ts';
import { callsInCircle } from './calls.ts';
import { type Rule, type RuleInput, ruleContext } from './context.ts';
import {
  ownerFromAnybody,
  ownerMissing,
  pathTakenTwice,
  unknownRoles,
  uniqueFields,
  unknownFieldTypes,
} from './entities.ts';
import { eventsOfEntities, unusedDeclarations, withoutPublisher, withoutSubscriber } from './events.ts';
import { columnTooLong, ratesOfTheEdge } from './limits.ts';
import {
  collidingEntities,
  collidingIdentifiers,
  collidingNames,
  entitiesBesideBlueprints,
  reservedColumns,
  reservedDatabaseNames,
  reservedServiceNames,
  reservedEntityNames,
  reservedFieldNames,
  reservedRoleNames,
} from './names.ts';
import { addressesOfDatabases, addressesUnderstood, variablesNotSet } from './addresses.ts';
import {
  autoscaleRange,
  breakerRange,
  noServices,
  notReplicable,
  plainSecrets,
  versionsAsNumbers,
} from './operation.ts';
import { neverFirst, readOnlyWithoutValue } from './first-records.ts';
import { ownReferences } from './own-references.ts';
import { portReserved, portTakenTwice } from './ports.ts';
import {
  brokerMissing,
  componentsUsed,
  databases,
  extensionsWithoutPostgres,
  listedTwice,
  revocationMissing,
  unknownBlueprints,
  unknownEvents,
  unknownRateLimits,
  unknownServices,
  policiesWithoutCalls,
} from './references.ts';

import { renames, renamesOfEvents, renamesWithoutData } from './renames.ts';
import { ambiguousUses, offersOfKind, reservedComponentNames, sharedOnce } from './several.ts';

export const rules: readonly Rule[] = [
  noServices,
  portTakenTwice,
  portReserved,
  collidingNames,
  collidingEntities,
  collidingIdentifiers,
  reservedFieldNames,
  reservedEntityNames,
  entitiesBesideBlueprints,
  reservedColumns,
  reservedDatabaseNames,
  reservedServiceNames,
  reservedRoleNames,
  columnTooLong,
  ratesOfTheEdge,
  unknownServices,
  policiesWithoutCalls,
  unknownEvents,
  unknownRateLimits,
  unknownBlueprints,
  componentsUsed,
  databases,
  offersOfKind,
  ambiguousUses,
  sharedOnce,
  reservedComponentNames,
  extensionsWithoutPostgres,
  brokerMissing,
  blueprintComponents,
  blueprintEvents,
  revocationMissing,
  listedTwice,
  unknownFieldTypes,
  pathTakenTwice,
  unknownRoles,
  ownerMissing,
  ownerFromAnybody,
  ownReferences,
  uniqueFields,
  readOnlyWithoutValue,
  neverFirst,
  withoutPublisher,
  withoutSubscriber,
  unusedDeclarations,
  eventsOfEntities,
  notReplicable,
  autoscaleRange,
  breakerRange,
  versionsAsNumbers,
  variablesNotSet,
  addressesUnderstood,
  addressesOfDatabases,
  callsInCircle,
  renames,
  renamesOfEvents,
  renamesWithoutData,
];

export function checkRules(input: RuleInput, findings: Findings): void {
  const context = ruleContext(input, findings);
  for (const rule of rules) rule(context);
  plainSecrets(input.root, findings);
}
