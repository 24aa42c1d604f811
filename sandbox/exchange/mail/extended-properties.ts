import { GraphError } from '../graph/graph-error.ts';

/** Types a single-value extended property id can name (resource singleValueLegacyExtendedProperty). */
const TYPES = new Set([
  'ApplicationTime',
  'Binary',
  'Boolean',
  'CLSID',
  'Currency',
  'Double',
  'Error',
  'Float',
  'Integer',
  'Long',
  'Null',
  'Object',
  'Short',
  'String',
  'SystemTime',
]);

/** MAPI properties with a meaning of their own (MS-OXPROPS). */
export const MESSAGE_FLAGS = 'Integer 0xe07';
export const MESSAGE_DELIVERY_TIME = 'SystemTime 0xe06';
export const CLIENT_SUBMIT_TIME = 'SystemTime 0x39';
export const TRANSPORT_MESSAGE_HEADERS = 'String 0x7d';

/**
 * Brings a property id into the form Graph shows: `Integer 0x0E07` -> `Integer 0xe07`, GUIDs in lower case. Names of
 * named properties keep their case: they are compared case-sensitively. Throws 400 for ids that name nothing.
 */
export function normalizePropertyId(id: string): string {
  const tag = /^(\w+) 0x([0-9a-f]{1,8})$/i.exec(id);
  if (tag?.[1] !== undefined && TYPES.has(tag[1]))
    return `${tag[1]} 0x${Number.parseInt(tag[2] ?? '', 16).toString(16)}`;
  const named =
    /^(\w+) (\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}) (?:Name (.+)|Id 0x([0-9a-f]{1,8}))$/i.exec(
      id,
    );
  const [, type, guid, name, number] = named ?? [];
  if (type === undefined || guid === undefined || !TYPES.has(type)) {
    throw new GraphError(400, 'ErrorInvalidExtendedProperty', `The extended property id '${id}' is not valid.`);
  }
  const key = name === undefined ? `Id 0x${Number.parseInt(number ?? '', 16).toString(16)}` : `Name ${name}`;
  return `${type} ${guid.toLowerCase()} ${key}`;
}

/** Checks a value against the type its id names and gives it the form Graph shows. Throws 400 when they do not fit. */
export function normalizePropertyValue(id: string, value: string): string {
  const type = id.slice(0, id.indexOf(' '));
  const refuse = () =>
    new GraphError(
      400,
      'ErrorInvalidExtendedPropertyValue',
      `The value of the extended property '${id}' is not valid.`,
    );
  switch (type) {
    case 'Integer':
    case 'Short':
    case 'Long':
      if (!/^-?\d{1,19}$/.test(value)) throw refuse();
      return value;
    case 'SystemTime': {
      const ms = Date.parse(value);
      if (Number.isNaN(ms) || !/\d{4}-\d{2}-\d{2}/.test(value)) throw refuse();
      return graphTime(ms);
    }
    case 'Boolean':
      if (!/^(?:true|false)$/i.test(value)) throw refuse();
      return value.toLowerCase();
    case 'Binary':
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) throw refuse();
      return value;
    default:
      return value;
  }
}

/** A time as Graph writes it: whole seconds, UTC. */
export function graphTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
