import { CUTOVER_TRANSITIONS } from '../../src/engine/domain/cutover.ts';
import { BATCH_TRANSITIONS } from '../../src/engine/domain/migration-batch.ts';
import { USER_TRANSITIONS } from '../../src/engine/domain/migration-user.ts';
import { toMermaid } from '../../src/engine/domain/transitions.ts';

export function statesPage(): string {
  return [
    '# States',
    '',
    'The words are those of Get-MigrationBatch and Get-MigrationUser. An arrow is an action a person takes or the sync',
    'reports; buttons and `supportedActions` show the ones a state allows. Made from the transition tables by',
    '`npm run generate`.',
    '',
    '## MigrationBatch',
    '',
    'The status of a batch is computed from what was asked of it and from its users; it is never stored.',
    '',
    ...mermaid(toMermaid(BATCH_TRANSITIONS)),
    '',
    '## MigrationUser',
    '',
    ...mermaid(toMermaid(USER_TRANSITIONS)),
    '',
    '## Cutover',
    '',
    "One step at a time, in this order. `pass`: by evidence, by a person's word, or after other people agreed; `waive`: two",
    'people do without the evidence. What each step needs: [cutover.md](cutover.md).',
    '',
    ...mermaid(toMermaid(CUTOVER_TRANSITIONS)),
    '',
  ].join('\n');
}

function mermaid(diagram: string): readonly string[] {
  return ['```mermaid', diagram, '```'];
}
