/** What the embedded driver runs beside the services, under names that `logs` and `status` show: no service may have one of them. */
export const EDGE = 'edge';
export const POSTGRES = 'postgres';
export const SUPERVISOR = 'supervisor';

export const ownProcesses: readonly string[] = [EDGE, POSTGRES, SUPERVISOR];
