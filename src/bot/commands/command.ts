import type { Actor } from '../../engine/domain/actor.ts';
import type { CutoverPlan } from '../../engine/domain/approval.ts';
import type { Finding } from '../../engine/doctor.ts';
import type { DaySnapshot } from '../../engine/domain/daily-report.ts';
import type { ReportSchedule } from '../../engine/domain/report-schedule.ts';
import type { World } from '../../engine/ports.ts';
import type { Card } from '../../cards/elements.ts';
import type { Eyes } from '../../cards/eyes.ts';
import type { FormName } from '../../cards/forms.ts';
import type { Locale } from '../../cards/locale.ts';

/** What a command may do: look, change migrations, or decide approvals. */
export type Permission = 'view' | 'operate' | 'approve';
/** What a command takes: a permission, or the one role of emergencies, which is beside them and includes none but looking. */
export type Needed = Permission | 'break-glass';

/** How one argument is read. Undefined means: this text is not one. */
export type ReadArgument<Value> = (text: string) => Value | undefined;

/** An argument of a command: by position (`<batch>`) or by name (`host=`). */
export interface Argument<Value> {
  readonly read: ReadArgument<Value>;
  /** What is expected, for the message when it is not there: "the name of a batch". */
  readonly expects: string;
  readonly optional?: true;
  /** Takes all words that are left: the reason of a decision. */
  readonly rest?: true;
  /** True for `name=value`. */
  readonly named?: true;
  /** Other names for `name=`, German ones among them. */
  readonly also?: readonly string[];
}

export type Arguments = Readonly<Record<string, Argument<unknown>>>;

/** The values of a command's arguments, as its definition types them. */
export type ValuesOf<Args extends Arguments> = {
  readonly [Name in keyof Args]: Args[Name] extends Argument<infer Value>
    ? Args[Name] extends { readonly optional: true }
      ? Value | undefined
      : Value
    : never;
};

/** The conversation a command was said in, and what commands may keep about it. */
export interface Here {
  /** One person alone: subjects and senders may be shown. */
  readonly personal: boolean;
  /** IANA time zone of the installation. */
  readonly zone: string;
  /** Minutes since midnight at which reports come unless said otherwise. */
  readonly reportAt: number;
  /** Whether Bellhop has a chat with the person alone. */
  hasPrivateChat(): Promise<boolean>;
  /** Sends a card to the person alone; false when that did not succeed. It is kept nowhere. */
  tellPrivately(card: Card): Promise<boolean>;
  subscribe(target: string, mode: 'watch' | 'mute'): Promise<void>;
  scheduleReport(schedule: ReportSchedule | undefined): Promise<void>;
  history(): Promise<readonly DaySnapshot[]>;
  /** What the doctor should know of the chat. */
  findings(): Promise<readonly Finding[]>;
}

/** Who asks, and through what. */
export interface CommandContext {
  readonly world: World;
  readonly by: Actor;
  /** The conversation it was said in; a terminal is none. */
  readonly here?: Here;
  /** Other people agreed to this very command, and to this evidence where it is about a step of a cutover. */
  readonly approved?: { readonly evidence: string | undefined };
  /** Whether somebody who agreed before may still do so now; absent where nobody agrees. */
  readonly mayStill?: (person: string) => Promise<boolean>;
  /** Language of the reply; in a terminal English. */
  readonly locale: Locale;
}

/** A file a command wrote on the server. */
export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a command answers: the view for programs, the card for people, and what is still to come. */
export interface CommandReply {
  /** The JSON of `--json`. */
  readonly view: unknown;
  readonly card: Card;
  /** The card as somebody sees it, where not everybody sees the same. */
  readonly cardFor?: (eyes: Eyes) => Card;
  /** Plain words for a terminal; the card's own text when absent. */
  readonly live?: { readonly batch: string };
  /** A job answers later with this request id; `resolve` makes the final reply from the state. */
  readonly pending?: {
    readonly request: string;
    readonly until: 'EndpointTested' | 'BatchChecked' | 'Verified' | 'Planned' | 'Probed' | 'Decided' | 'CutoverMoved';
  };
  /** Offered to a person alone with Bellhop, where the chat takes files. */
  readonly files?: readonly WrittenFile[];
  /** The card whose button was pressed becomes this one. */
  readonly replaces?: true;
}

/** Whom a wide-reaching command would touch: shown and asked about before it runs. */
export interface Reach {
  readonly count: number;
  /** A few of them, for recognition. */
  readonly sample: readonly string[];
  /** What is counted; users when absent. */
  readonly of?: 'messages';
  /** The step of a cutover it is about, with its evidence. */
  readonly cutover?: CutoverPlan;
}

export interface Command<Args extends Arguments = Arguments> {
  /** Words and arguments: "start batch <batch>". */
  readonly usage: string;
  readonly title: string;
  readonly help: string;
  readonly examples: readonly string[];
  /** Other ways to write the words, German ones among them. */
  readonly aliases: readonly string[];
  readonly permission: Needed;
  /** Another person has to agree first: where the installation asks for that (BELLHOP_APPROVALS), or always. */
  readonly approval?: true | 'always';
  /** The heading it stands under in help. */
  readonly topic: 'Look' | 'Move' | 'Set up' | 'Repair' | 'Finish';
  readonly args: Args;
  /** Can be filled in in a dialog, too; written alone, the command offers it. */
  readonly form?: FormName;
  /** Whom it would touch when that is worth a question; undefined when it is not. Bots ask, terminals do not. */
  reach?(args: ValuesOf<Args>, context: CommandContext): Promise<Reach | undefined>;
  run(args: ValuesOf<Args>, context: CommandContext): Promise<CommandReply>;
}

/** Defines a command; its arguments give `run` its types. */
export function command<const Args extends Arguments>(definition: Command<Args>): Command<Args> {
  return definition;
}

/** The words before the first argument: what people type and buttons send. */
export function commandWords(usage: string): string {
  return usage.split(/\s+(?=[<[])/)[0] ?? usage;
}
