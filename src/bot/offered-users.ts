/** What is read of an attachment. */
interface Attached {
  readonly contentType: string;
  readonly name?: string | undefined;
  readonly content?: unknown;
}

/** What of a message is looked at for a list of users; a list shows itself in its first rows. */
const LONGEST_LOOK = 20_000;
const FILE_TYPE = 'application/vnd.microsoft.teams.file.download.info';
const TABLE_FILE = /\.(?:csv|tsv|txt|xls[xmb]?|ods)$/i;
const COLUMNS = ['emailaddress', 'username', 'password'] as const;

/**
 * Whether a message brings a file, or rows of a CSV with passwords. Both are refused: what is sent in Teams is kept by
 * Teams, in OneDrive and in backups. A file is not opened to find out what is in it.
 */
export function offersUsers(text: string, attachments: readonly Attached[]): boolean {
  if (attachments.some(({ contentType, name }) => contentType === FILE_TYPE || TABLE_FILE.test(name ?? '')))
    return true;
  // A table pasted from a spreadsheet is one in HTML only.
  const html = attachments.flatMap(({ contentType, content }) =>
    contentType === 'text/html' && typeof content === 'string' ? [textOfHtml(content)] : [],
  );
  return [text, ...html].some((each) => linesOf(each).some(isUserRow));
}

function linesOf(text: string): readonly string[] {
  return text.slice(0, LONGEST_LOOK).split(/\r\n|[\r\n]|<br\s?\/?>/i);
}

// The header of a migration CSV, or a row: an address, a login, and something that is no address.
function isUserRow(line: string): boolean {
  const fields = line.split(/[,;\t|]/).map((field) => field.trim().replaceAll(/^"|"$/g, ''));
  const names = new Set(fields.map((field) => field.toLowerCase().replaceAll(' ', '')));
  if (COLUMNS.every((column) => [...names].some((name) => name.endsWith(column)))) return true;
  return fields.some((field, at) => {
    const [login = '', secret = ''] = fields.slice(at + 1);
    return (
      isAddress(field.split(' ').at(-1) ?? '') &&
      login !== '' &&
      !login.includes(' ') &&
      secret !== '' &&
      !isAddress(secret)
    );
  });
}

function isAddress(text: string): boolean {
  const at = text.indexOf('@');
  return at > 0 && text.includes('.', at + 2) && !text.includes(' ');
}

function textOfHtml(html: string): string {
  return html
    .slice(0, LONGEST_LOOK)
    .replaceAll(/<\/t[dh]>/gi, '\t')
    .replaceAll(/<\/(?:tr|p|div|li)>|<br\s?\/?>/gi, '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll('&nbsp;', ' ');
}
