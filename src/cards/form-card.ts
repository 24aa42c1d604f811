import type { Failure } from '../engine/domain/failure.ts';
import { type Card, type CardElement, fromOutside, markRow, panel, small, text } from './elements.ts';
import { escapeMarkdown } from './foreign-text.ts';
import { FORMS, type FormField, type FormName, type FormValues, timeInput } from './forms.ts';
import type { Locale } from './locale.ts';

/** What follows a refusal in both languages. */
const USAGE = / (?:Usage|So geht es): /;
/** More endpoints than this are written, not picked: a card has 25 KB. */
const MOST_CHOICES = 60;

export interface FormView {
  readonly form: FormName;
  /** The words of the command the form stands for. */
  readonly command: string;
  /** Title of the command: what the button says. */
  readonly title: string;
  readonly values: FormValues;
  readonly endpoints: readonly string[];
  /** Of the conversation: what a time of day is meant in. */
  readonly zone: string;
  /** Why the last try was refused, and about which field, where that is known. */
  readonly problem?: { readonly failure: Failure; readonly field?: string };
}

/** The card inside a dialog: inputs with what was filled in so far, and what is wrong with it. */
export function formCard(view: FormView, locale: Locale): Card {
  const { t } = locale;
  const { form, command, title, endpoints } = view;
  const fields = FORMS[form];
  const input = (field: FormField): readonly CardElement[] => fieldElements(field, view, locale);
  const optional = fields.filter((field) => field.required !== true);
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: `${t.forms.fallback(command)} ${t.write(`help ${command}`)}`,
    body: [
      text(t.forms.intro[form]),
      ...problemPanel(view, locale),
      ...(form === 'createBatch' && endpoints.length === 0
        ? [text(t.forms.noEndpoint, { color: 'Warning', weight: 'Bolder' })]
        : []),
      ...fields.filter((field) => field.required === true).flatMap(input),
      {
        type: 'Container',
        separator: true,
        spacing: 'Large',
        items: [
          text(t.forms.optional, { weight: 'Bolder', size: 'Default', style: 'heading' }),
          ...optional.flatMap(input),
        ],
      },
      small(`${t.forms.noPasswords} ${t.forms.asText(command)}`),
    ],
    // Inside a dialog Teams knows Action.Submit only.
    actions: [{ type: 'Action.Submit', title, style: 'positive', data: { verb: 'submitForm', form } }],
  };
}

function problemPanel({ problem }: FormView, locale: Locale): readonly CardElement[] {
  if (problem === undefined) return [];
  const { code, message, remedy } = locale.failure(problem.failure);
  return [
    panel(
      locale.t.forms.problem,
      // The form is the usage.
      markRow('attention', [fromOutside(message.split(USAGE)[0] ?? message, 300)]),
      markRow('plain', [fromOutside(remedy, 240)]),
      small(code, 'Small'),
    ),
  ];
}

function fieldElements(field: FormField, view: FormView, locale: Locale): readonly CardElement[] {
  const { t } = locale;
  const { name } = field;
  const isWrong = view.problem?.field === name;
  // Never by colour alone: the field that is wrong carries the mark of the problem.
  const label = `${isWrong ? '▲ ' : ''}${t.forms.labels[name]}`;
  const value = view.values[name] ?? '';
  const shared = {
    id: name,
    label,
    spacing: 'Medium',
    ...(field.required === true ? { isRequired: true, errorMessage: t.forms.missing } : {}),
  };
  const filled = value === '' ? {} : { value };
  switch (field.kind) {
    case 'day':
      return [{ type: 'Input.Date', ...shared, ...filled }];
    case 'moment': {
      const time = view.values[timeInput(field)] ?? '';
      return [
        { type: 'Input.Date', ...shared, ...filled },
        {
          type: 'Input.Time',
          id: timeInput(field),
          label: t.forms.time(view.zone),
          spacing: 'Small',
          ...(time === '' ? {} : { value: time }),
        },
      ];
    }
    case 'choice':
      return [choiceSet(shared, choicesOf(field, locale), value === '' ? (field.choices?.[0] ?? '') : value)];
    case 'endpoint': {
      const { endpoints } = view;
      if (endpoints.length > 0 && endpoints.length <= MOST_CHOICES)
        return [
          choiceSet(
            shared,
            endpoints.map((each) => [each, each]),
            endpoints.includes(value) ? value : endpoints.length === 1 ? (endpoints[0] ?? '') : '',
          ),
        ];
      return [textInput(shared, field, filled)];
    }
    // A number input would drop what is no number, and nobody would learn why.
    case 'number':
    case 'text':
      return [textInput(shared, field, filled)];
  }
}

function textInput(
  shared: Readonly<Record<string, unknown>>,
  { longest, example }: FormField,
  filled: Readonly<Record<string, unknown>>,
): CardElement {
  return {
    type: 'Input.Text',
    maxLength: longest,
    ...(example === undefined ? {} : { placeholder: example }),
    ...shared,
    ...filled,
  };
}

function choiceSet(
  shared: Readonly<Record<string, unknown>>,
  choices: readonly (readonly [value: string, title: string])[],
  value: string,
): CardElement {
  return {
    type: 'Input.ChoiceSet',
    ...shared,
    style: 'compact',
    choices: choices.map(([each, title]) => ({ title, value: each })),
    ...(value === '' ? {} : { value }),
  };
}

function choicesOf({ choices = [] }: FormField, { t }: Locale): readonly (readonly [string, string])[] {
  const titles: Readonly<Record<string, string>> = t.forms.choices;
  return choices.map((choice) => [choice, titles[choice] ?? choice.toUpperCase()]);
}

/** What a dialog shows instead of a form that cannot be opened. */
export function refusalCard(error: Failure, locale: Locale): Card {
  const { code, message, remedy } = locale.failure(error);
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: `${message} ${remedy}`,
    body: [
      panel(
        escapeMarkdown(locale.title(code)),
        markRow('attention', [fromOutside(message, 300)]),
        markRow('plain', [fromOutside(remedy, 240)]),
      ),
      small(code),
    ],
    actions: [],
  };
}
