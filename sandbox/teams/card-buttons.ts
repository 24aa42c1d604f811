import { isObject, objectAt, objectsOf, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';

/** A button of a card, wherever it stands: the card's row, an ActionSet, a ShowCard, a selectAction. */
export interface CardButton {
  readonly title: string;
  readonly action: JsonObject;
  /** Ids of the inputs a person may fill before pressing it. */
  readonly inputs: readonly CardInput[];
  /** Title of the button that opens the card this one stands in. */
  readonly behind?: string;
}

interface CardInput {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly isRequired: boolean;
}

const PRESSABLE = new Set(['Action.Execute', 'Action.Submit', 'Action.OpenUrl']);

/** Every button of a card that does something, in reading order. Buttons of a ShowCard follow their opener. */
export function cardButtons(card: JsonObject): readonly CardButton[] {
  return buttonsOf(card, inputsOf(card['body']));
}

function buttonsOf(card: JsonObject, inputs: readonly CardInput[], behind?: string): readonly CardButton[] {
  const actions = [...actionsIn(card['body']), ...objectsOf(card['actions'])];
  return actions.flatMap((action): readonly CardButton[] => {
    const title = textAt(action, 'title') ?? textAt(action, 'verb') ?? 'Open';
    if (action['type'] === 'Action.ShowCard') {
      const inner = objectAt(action, 'card');
      return buttonsOf(inner, [...inputs, ...inputsOf(inner['body'])], title);
    }
    if (!PRESSABLE.has(textAt(action, 'type') ?? '')) return [];
    return [{ title, action, inputs, ...(behind === undefined ? {} : { behind }) }];
  });
}

function actionsIn(body: unknown): readonly JsonObject[] {
  return objectsOf(body).flatMap((element) => [
    ...(isObject(element['selectAction']) ? [element['selectAction']] : []),
    ...(element['type'] === 'ActionSet' ? objectsOf(element['actions']) : []),
    ...actionsIn(element['items']),
    ...actionsIn(element['columns']),
  ]);
}

function inputsOf(body: unknown): readonly CardInput[] {
  return objectsOf(body).flatMap((element) => {
    const id = textAt(element, 'id');
    const own =
      id !== undefined && textAt(element, 'type')?.startsWith('Input.') === true
        ? [
            {
              id,
              label: textAt(element, 'label') ?? textAt(element, 'placeholder') ?? id,
              value: textAt(element, 'value') ?? '',
              isRequired: element['isRequired'] === true,
            },
          ]
        : [];
    return [...own, ...inputsOf(element['items']), ...inputsOf(element['columns'])];
  });
}
