/**
 * A contestant in a process of its own: `node serve.mjs <module> <identity as JSON> <argument>`. JavaScript, so that none of
 * them carries Node's TypeScript loader in its memory. Talks by IPC: its address first, then its usage whenever asked.
 */
const [module = '', identity = '', argument = ''] = process.argv.slice(2);
const { start } = await import(module);
const url = await start(JSON.parse(identity), argument);
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, memory: process.memoryUsage.rss() });
});
process.send?.({ url });
