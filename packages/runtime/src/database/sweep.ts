/** Of what one statement removes: whoever waits for a connection meanwhile does not wait for long. */
const MOST_AT_ONCE = 10_000;

/** Removes all that is over, however much has come since the last time. @param remove At most that many rows. */
export async function sweep(
  remove: (most: number) => Promise<{ readonly numAffectedRows?: bigint | undefined }>,
): Promise<void> {
  let removed: bigint | undefined;
  do ({ numAffectedRows: removed } = await remove(MOST_AT_ONCE));
  while (removed === BigInt(MOST_AT_ONCE));
}
