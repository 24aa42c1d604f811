import type { ExportView } from '../engine/views.ts';
import { type Card, band, bold, card, fromOutside, markRow, section, small, subtle, underRow } from './elements.ts';
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** Where the record of a batch lies, and what proves later that nobody changed it: this card is the witness. */
export function exportCard(view: ExportView, locale: Locale = ENGLISH): Card {
  const { identity, users, openItems, folder, archive, files, chain, fingerprint, publicKey, asOf } = view;
  const { t, bytes } = locale;
  return card(
    `${t.export.fallback(identity, users)} ${t.write(`export ${identity}`)}`,
    [
      band({
        what: t.export.what,
        tone: openItems === 0 ? 'done' : 'attention',
        state: openItems === 0 ? t.export.written : t.record.open(openItems),
        name: identity,
        sentence: t.export.sentence(users),
      }),
      section(
        t.export.files,
        markRow('done', [bold(t.export.archive), subtle(` · ${bytes(archive.bytes)}`)]),
        underRow(fromOutside(archive.file, 300)),
        underRow(subtle(`SHA-256 ${foreign(archive.sha256)}`)),
        markRow('done', [bold(t.export.folder), subtle(` · ${files.map(({ name }) => name).join(', ')}`)]),
        underRow(fromOutside(folder, 300)),
      ),
      section(
        t.export.proof,
        markRow('plain', [bold(t.record.key)]),
        underRow(subtle(foreign(fingerprint))),
        markRow('plain', [bold(t.record.chainEnd), subtle(` · ${t.record.entry(chain.seq)}`)]),
        underRow(subtle(foreign(chain.hash))),
        markRow('plain', [bold(t.export.publicKey)]),
        underRow(subtle(foreign(publicKey.replaceAll(/-----.*?-----|\s/g, '')))),
      ),
      small(`${t.export.keep} ${t.asOf(asOf.slice(11, 16))}`),
    ],
    [{ title: t.buttons.showBatch, action: { verb: 'status', target: identity } }],
  );
}
