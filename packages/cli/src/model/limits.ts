/** How long a name may be where other programs keep it. One list: what is longer is refused by `validate`, or ends with a checksum. */
export const limits = {
  /** Bytes of a table, column, index, constraint, database or role: PostgreSQL's NAMEDATALEN less one. It cuts what is longer. */
  sqlName: 63,
  /** Octets of a label of a host name: RFC 1035, 2.3.4. */
  dnsLabel: 63,
  /** Bytes of a queue or exchange: AMQP 0-9-1, short string. */
  amqpName: 255,
  /** Characters of the uid of a dashboard or data source in Grafana. */
  grafanaUid: 40,
} as const;
