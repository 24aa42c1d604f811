import { FORMS, type FormField, type FormName, type FormValues, timeInput } from '../cards/forms.ts';
import type { Locale } from '../cards/locale.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import { looksLikeSecret, namedWord, plainSpaces } from './commands/tokenize.ts';

/** What a dialog sent back of the inputs of a form: texts only, one line each. Whatever else is in it is left alone. */
export function readFormValues(form: FormName, data: unknown): FormValues {
  const inputs = FORMS[form].flatMap((field) =>
    field.kind === 'moment' ? [field.name, timeInput(field)] : [field.name],
  );
  return Object.fromEntries(inputs.map((input) => [input, textOf(data, input)]).filter(([, value]) => value !== ''));
}

function textOf(data: unknown, input: string): string {
  const value = typeof data === 'object' && data !== null && Object.hasOwn(data, input) ? Reflect.get(data, input) : '';
  // Some clients send what was typed into an input as a number.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? plainSpaces(value) : '';
}

/**
 * The command a form stands for, in words: it takes the same way as typed text. Throws FormValueTooLong, FormValueQuoted
 * with the `argument` it is about.
 */
export function wordsOfForm(form: FormName, command: string, values: FormValues, { t }: Locale): string {
  const words = FORMS[form].flatMap((field) => {
    const value = valueOf(field, values);
    if (value === '') return [];
    const details = { field: t.forms.labels[field.name], argument: field.name };
    if (Array.from(value).length > field.longest)
      throw new MigrationError('FormValueTooLong', { ...details, longest: field.longest });
    const word = namedWord(field.name, value);
    if (word === undefined) throw new MigrationError('FormValueQuoted', details);
    return [word];
  });
  return [command, ...words].join(' ');
}

function valueOf(field: FormField, values: FormValues): string {
  const value = values[field.name] ?? '';
  const time = field.kind === 'moment' ? (values[timeInput(field)] ?? '') : '';
  return time === '' ? value : `${value}T${time}`;
}

/** What is shown again after a refusal: what was filled in, cut to its length, and nothing that looks like a password. */
export function keptValues(form: FormName, values: FormValues): FormValues {
  const longest = new Map(FORMS[form].map((field) => [field.name as string, field.longest]));
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => !looksLikeSecret(value))
      .map(([input, value]) => [
        input,
        Array.from(value)
          .slice(0, longest.get(input) ?? 10)
          .join(''),
      ]),
  );
}
