/** Prometheus: what to scrape, what to record, when to alert, and the tests of those rules. */
import type { PlannedFile } from '../../files/planned-file.ts';
import type { Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';
import { yamlText } from '../text.ts';
import { alertGroups } from './alerts.ts';
import { recordingGroups } from './recording.ts';
import { ruleTests } from './rule-tests.ts';
import { scrapeConfigs } from './scrape.ts';

export const prometheus: Renderer = {
  id: 'prometheus',
  description: 'scrape configuration, recording and alerting rules, and their tests',
  render: (stack) => (stack.components.some(({ kind }) => kind === 'prometheus') ? files(stack) : []),
};

function files(stack: Stack): PlannedFile[] {
  const file = (path: string, value: unknown, header?: readonly string[]): PlannedFile => ({
    path: `prometheus/${path}`,
    content: yamlText(value, header),
    origin: `prometheus/${path}`,
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
