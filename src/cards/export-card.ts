import type { ExportView } from '../engine/views.ts';
import { type Card, band, bold, card, fromOutside, markRow, section, small, subtle, underRow } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** Where the export of a batch lies, and how to prove that nobody changed it. */
export function exportCard({ identity, users, files, asOf }: ExportView, locale: Locale = ENGLISH): Card {
  const { t, bytes } = locale;
  return card(
    `${t.export.fallback(identity, users)} ${t.write(`export ${identity}`)}`,
    [
      band({
        what: t.export.what,
        tone: 'done',
        state: t.export.written,
        name: identity,
        sentence: t.export.sentence(users),
      }),
      section(
        t.export.files,
        ...files.flatMap(({ kind, file, bytes: size, sha256 }) => [
          markRow('done', [bold(kind.toUpperCase()), subtle(` · ${bytes(size)}`)]),
          underRow(fromOutside(file, 300)),
          underRow(subtle(`SHA-256 ${sha256}`)),
        ]),
      ),
      small(t.asOf(asOf.slice(11, 16))),
    ],
    [{ title: t.buttons.showBatch, action: { verb: 'status', target: identity } }],
  );
}
