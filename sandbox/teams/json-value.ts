/** A JSON object whose fields are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, not an array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a value that should be an array of objects; everything else is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The object at a key, or an empty one. */
export function objectAt(value: unknown, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The string at a key, or undefined. */
export function textAt(value: unknown, key: string): string | undefined {
  const inner = isObject(value) ? value[key] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

/** The strings of a value that should be an array of strings, or undefined when it is no array. */
export function textsAt(value: unknown, key: string): readonly string[] | undefined {
  const inner = isObject(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner.filter((item) => typeof item === 'string') : undefined;
}
