import { noticeCard } from '../../cards/notice-card.ts';
import { planCutoverDate } from '../../engine/cutover-date.ts';
import { MigrationError } from '../../engine/domain/failure.ts';
import { readMoment, wallTime } from '../../engine/domain/wall-clock.ts';
import { batchArgument } from './arguments.ts';
import { type CommandReply, command } from './command.ts';

export const setCutoverCommand = command({
  usage: 'set cutover <batch> <day>',
  title: 'Set cutover',
  help: 'Say when the cutover of a batch is planned: the daily report measures what is left against that day. "off" takes it back. Nothing starts by itself.',
  examples: ['set cutover sales-1 2026-12-05', 'set cutover sales-1 2026-12-05T20:00', 'set cutover sales-1 off'],
  aliases: ['cutover on', 'umstellung am', 'umstellung planen'],
  permission: 'operate',
  topic: 'Finish',
  args: {
    batch: batchArgument,
    // In the zone of the conversation, which only the command knows; a terminal has none and speaks UTC.
    day: {
      read: (text: string) => (isOff(text) || readDay(text, 'UTC') !== undefined ? text : undefined),
      expects: 'a day such as 2026-12-05, with a time behind it or not, or off',
    },
  },
  async run({ batch, day: text }, { world, by, here, locale }): Promise<CommandReply> {
    const zone = here?.zone ?? 'UTC';
    const at = isOff(text) ? undefined : readDay(text, zone);
    if (at === undefined && !isOff(text))
      throw new MigrationError('UsageError', { detail: `There is no ${text} in ${zone}.`, command: 'set cutover' });
    await planCutoverDate(world, batch, at, by);
    const { t, weekday, day } = locale;
    const noon = at === undefined ? '' : `${wallTime(at, zone).date}T12:00:00Z`;
    const card = noticeCard(
      {
        what: t.report.cutovers,
        tone: at === undefined ? 'stopped' : 'done',
        state: at === undefined ? t.report.off : t.report.planned,
        name: batch,
        sentence: at === undefined ? t.report.unplanned : t.report.plannedFor(`${weekday(noon)} ${day(noon)}`),
      },
      [{ title: t.buttons.report, action: { verb: 'report' } }],
    );
    return { view: { batch, cutoverDateTime: at === undefined ? null : new Date(at).toISOString() }, card };
  },
});

function isOff(text: string): boolean {
  return ['off', 'none', 'aus', 'keine'].includes(text.toLowerCase());
}

/** "2026-12-05", "5.12.2026", with a time or without: midnight then, everything has to be there when the day begins. */
function readDay(text: string, zone: string): number | undefined {
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? [];
  const date = year === undefined ? text : `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  return readMoment(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T00:00` : date, zone);
}
