/** The third stage: what concerns several places of the spec at once. Each rule reports all that it finds. */
import type { Findings } from '../diagnostics.ts';
import { type Rule, type RuleInput, ruleContext } from './context.ts';

export const rules: readonly Rule[] = [];

export function checkRules(input: RuleInput, findings: Findings): void {
  const context = ruleContext(input, findings);
  for (const rule of rules) rule(context);
}
