import { doctorCommand, whyCommand } from './insight-commands.ts';
import { muteCommand, watchCommand } from './news-commands.ts';
import { reportCommand, reportScheduleCommand } from './report-commands.ts';
import { commandHelpCard, helpCard, readTopic, topicHelpCard } from '../../cards/help-card.ts';
import { batchesCommand, failuresCommand, statusCommand } from './status-commands.ts';
import { checkBatchCommand, resumeBatchCommand, startBatchCommand, stopBatchCommand } from './batch-commands.ts';
import { createBatchCommand } from './create-batch-command.ts';
import { approvalCommands } from './approval-commands.ts';
import { type Command, type CommandReply, command, commandWords } from './command.ts';
import { addEndpointCommand, endpointsCommand, testEndpointCommand } from './endpoint-commands.ts';
import {
  completeBatchCommand,
  removeBatchCommand,
  removeEndpointCommand,
  removeUserCommand,
} from './ending-commands.ts';
import { applyDeletionsCommand, restoreMissingCommand } from './removal-commands.ts';
import {
  backCutoverCommand,
  cancelCutoverCommand,
  confirmStepCommand,
  continueCutoverCommand,
  cutoverCommand,
  goAheadCommand,
  lateMailCommand,
  stagedUsersCommand,
  pauseCutoverCommand,
  startCutoverCommand,
  waiveStepCommand,
} from './cutover-commands.ts';
import { addUsersCommand } from './upload-command.ts';
import { setCutoverCommand } from './set-cutover-command.ts';
import { exportCommand } from './export-command.ts';
import { nearest } from './nearest.ts';
import { approveSkippedCommand, skippedCommand } from './skipped-commands.ts';
import { probeMailCommand } from './probe-command.ts';
import { planCommand } from './plan-command.ts';
import { setPriorityCommand } from './priority-command.ts';
import { verifyCommand } from './verify-command.ts';
import { resumeUserCommand, retryCommand, stopUserCommand, syncNowCommand } from './sync-commands.ts';

const helpCommand = command({
  usage: 'help [command]',
  title: 'Help',
  help: 'Show where to begin and all commands, a topic, or one command with examples.',
  examples: ['help', 'help start batch', 'help repair'],
  aliases: ['hilfe', '?'],
  permission: 'view',
  topic: 'Look',
  args: {
    first: { read: (text: string) => text, expects: 'a command', optional: true },
    second: { read: (text: string) => text, expects: 'a command', optional: true },
  },
  async run({ first, second }, { locale }): Promise<CommandReply> {
    const all: readonly Command[] = COMMANDS;
    if (first === undefined) return { view: all.map(describeCommand), card: helpCard(all, locale) };
    const wanted: string = [first, second]
      .filter((word) => word !== undefined)
      .join(' ')
      .toLowerCase();
    const topic = readTopic(wanted);
    if (topic !== undefined) {
      const view = all.filter((each) => each.topic === topic).map(describeCommand);
      return { view, card: topicHelpCard(topic, all, locale) };
    }
    const words = nearest(
      wanted,
      all.map((each) => commandWords(each.usage)),
    );
    const found = all.find((each) => commandWords(each.usage) === words);
    if (found === undefined) throw new RangeError('The nearest command is one of the table.');
    return { view: describeCommand(found), card: commandHelpCard(found, locale) };
  },
});

/** THE table: chat, buttons, CLI, help, manifest and docs/commands.md all read it. */
export const COMMANDS: readonly Command[] = [
  statusCommand,
  batchesCommand,
  failuresCommand,
  skippedCommand,
  endpointsCommand,
  checkBatchCommand,
  startBatchCommand,
  syncNowCommand,
  retryCommand,
  stopBatchCommand,
  resumeBatchCommand,
  setPriorityCommand,
  addEndpointCommand,
  testEndpointCommand,
  createBatchCommand,
  addUsersCommand,
  applyDeletionsCommand,
  restoreMissingCommand,
  stopUserCommand,
  resumeUserCommand,
  planCommand,
  verifyCommand,
  exportCommand,
  setCutoverCommand,
  startCutoverCommand,
  cutoverCommand,
  goAheadCommand,
  confirmStepCommand,
  waiveStepCommand,
  pauseCutoverCommand,
  continueCutoverCommand,
  backCutoverCommand,
  cancelCutoverCommand,
  lateMailCommand,
  stagedUsersCommand,
  probeMailCommand,
  ...approvalCommands(() => COMMANDS),
  approveSkippedCommand,
  completeBatchCommand,
  removeBatchCommand,
  removeUserCommand,
  removeEndpointCommand,
  whyCommand,
  reportCommand,
  reportScheduleCommand,
  watchCommand,
  muteCommand,
  doctorCommand,
  helpCommand,
];

function describeCommand({ usage, title, help, examples, aliases, permission }: Command) {
  return { usage, title, help, examples, aliases, permission };
}
