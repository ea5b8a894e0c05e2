// @ts-check

let announced = false;

/**
 * Runs one slow step of the preparation and shows it as a line on stderr: its name when it starts, its time when it ends.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  if (!announced) process.stderr.write('Preparing hometrip (only when something is new)\n');
  announced = true;
  const started = Date.now();
  process.stderr.write(`  ${name.padEnd(26)}`);
  try {
    const result = await work();
    process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write('failed\n');
    throw error;
  }
}

/** One line about anything else that the user waits for. @param {string} text */
export const note = (text) => process.stderr.write(`hometrip: ${text}\n`);
