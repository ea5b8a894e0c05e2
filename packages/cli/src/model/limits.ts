/**
 * How long a name may be where other programs keep it. What would be longer is refused by `validate`, ends with a checksum, or
 * cannot be: a stack, a service and a component have up to 40 characters, an entity, a field and an event up to 60.
 */
import { SQL_NAME_LENGTH } from '@hometrip/runtime/names';

export const limits = {
  /** Bytes of a table, column, index, constraint, database or role. Columns: HT0326. Indexes and constraints: a checksum. */
  sqlName: SQL_NAME_LENGTH,
  /** Octets of a label of a host name (RFC 1035, 2.3.4): workloads, and secrets, which Kubernetes calls like hosts. */
  dnsLabel: 63,
  /** Bytes of the name of a queue, an exchange or a routing key: a short string of AMQP 0-9-1. */
  amqpName: 255,
  /** Characters of the uid of a dashboard in Grafana: a checksum. */
  grafanaUid: 40,
  /** Bytes of the name of a file on ext4, APFS and NTFS. */
  fileName: 255,
} as const;
