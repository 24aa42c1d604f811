/**
 * The values of `{name}` in a text that was made from a template; empty when it was made from another one. Literals are
 * looked for in order, so the time is linear in the text, whatever it contains.
 */
export function readTemplate(template: string, text: string): Readonly<Record<string, string>> {
  const parts = template.split(/\{(\w+)\}/);
  const values: Record<string, string> = {};
  const [head = ''] = parts;
  if (!text.startsWith(head)) return {};
  let at = head.length;
  for (let index = 1; index < parts.length; index += 2) {
    const name = parts[index] ?? '';
    const literal = parts[index + 1] ?? '';
    const last = index + 2 >= parts.length;
    const end = last ? text.length - literal.length : text.indexOf(literal, at);
    if (end < at || !text.startsWith(literal, end)) return {};
    values[name] = text.slice(at, end);
    at = end + literal.length;
  }
  return at === text.length ? values : {};
}
