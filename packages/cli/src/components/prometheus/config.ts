/** Prometheus: what to scrape, what to record, when to alert, and the tests of those rules. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { yamlText } from '../../files/serialise.ts';
import { alertGroups } from '../../model/alerts.ts';
import { recordingGroups } from '../../model/recording.ts';
import type { Stack } from '../../model/stack.ts';
import { ruleTests } from './rule-tests.ts';
import { scrapeConfigs } from './scrape.ts';

/** @param folder Below the output folder. */
export function configFiles(stack: Stack, folder: string): PlannedFile[] {
  const file = (path: string, value: unknown, header?: readonly string[]): PlannedFile => ({
    path: `${folder}/${path}`,
    content: yamlText(value, header),
    origin: `${folder}/${path}`,
  });
  return [
    file('prometheus.yml', {
      global: { scrape_interval: '15s', evaluation_interval: '15s', external_labels: { stack: stack.name } },
      rule_files: ['rules/*.yml'],
      scrape_configs: scrapeConfigs(stack),
    }),
    file('rules/recording.yml', { groups: recordingGroups() }),
    file('rules/alerts.yml', { groups: alertGroups(stack) }),
    file('tests/rules.test.yml', ruleTests(stack), [
      'Tests of the rules: promtool test rules rules.test.yml (in this folder)',
    ]),
  ];
}
