/** What stands in pointed brackets in the usage of commands. The words of commands stay: they are what people type. */
const PLACEHOLDERS = new Map(
  Object.entries({
    batch: 'Batch',
    'batch|user@x': 'Batch|Benutzer@x',
    'user@x': 'Benutzer@x',
    name: 'Name',
    reason: 'Grund',
    id: 'ID',
    step: 'Schritt',
    number: 'Zahl',
    time: 'Zeit',
    host: 'Host',
    hash: 'Hash',
    day: 'Tag',
    n: 'n',
    'high|normal|low': 'high|normal|low',
    'login template': 'Anmeldung mit user',
    'address of a token endpoint': 'Adresse eines Token-Endpunkts',
  }),
);

/** Words of examples that people would say in their own language. */
const SAID: Readonly<Record<string, string>> = {
  'not before Monday': 'nicht vor Montag',
  'the old server is failing, nobody else can be reached': 'der alte Server fällt aus, niemand sonst ist erreichbar',
  '"The old host is switched off"': '"Der alte Host ist abgeschaltet"',
  'waiting for the DNS owner': 'wir warten auf die DNS-Verwaltung',
  'two users were forgotten': 'zwei Benutzer wurden vergessen',
  'wrong domain': 'falsche Domäne',
};

const PLACEHOLDER = /<([^<>]+)>/g;

/** The usage of a command, or an example of it, in German. */
export function germanUsage(text: string): string {
  const usage = text.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const german = PLACEHOLDERS.get(name);
    return german === undefined ? whole : `<${german}>`;
  });
  const said = Object.entries(SAID).find(([words]) => usage.endsWith(` ${words}`));
  return said === undefined ? usage : `${usage.slice(0, -said[0].length)}${said[1]}`;
}
