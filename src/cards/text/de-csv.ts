import { CSV_PROBLEMS, type CsvProblem, type CsvProblemCode } from '../../engine/domain/csv-problems.ts';
import { germanFailure } from './de-failures.ts';
import { germanFragment } from './de-fragments.ts';
import { readTemplate } from './read-template.ts';

interface ProblemText {
  readonly message: string;
  readonly remedy: string;
}

/** CSV_PROBLEMS in German; `{name}` is filled with what stands in the English text. */
export const GERMAN_CSV: Readonly<Record<CsvProblemCode, ProblemText>> = {
  CsvEmpty: { message: 'Die Datei ist leer.', remedy: 'Exportieren Sie die Benutzer noch einmal.' },
  CsvTooLarge: {
    message: 'Die CSV-Datei ist größer als 10 MB.',
    remedy: 'Teilen Sie sie in zwei oder mehr Dateien und importieren Sie diese nacheinander.',
  },
  CsvTooManyRows: { message: 'Die CSV-Datei hat mehr als 50.000 Zeilen.', remedy: 'Teilen Sie die Datei.' },
  CsvNotText: {
    message: 'Das ist keine CSV-Datei ({kind}).',
    remedy: 'Speichern Sie die Tabelle als „CSV UTF-8“ und nehmen Sie diese Datei.',
  },
  CsvNotUtf8: {
    message: 'Die Datei ist nicht UTF-8; das erste falsche Byte steht in Zeile {row}.',
    remedy: 'Speichern Sie sie als „CSV UTF-8“; ein Passwort mit Umlaut wäre sonst falsch.',
  },
  CsvMissingColumn: {
    message: 'Die Spalte „{column}“ fehlt.',
    remedy: 'Die erste Zeile nennt die Spalten: EmailAddress,UserName,Password.',
  },
  CsvDuplicateColumn: { message: 'Die Spalte „{column}“ gibt es zweimal.', remedy: 'Behalten Sie eine davon.' },
  CsvUnknownColumn: {
    message: 'Die Datei hat unbekannte Spalten: {columns}.',
    remedy: 'Entfernen Sie sie oder berichtigen Sie ihren Namen.',
  },
  CsvIgnoredColumn: { message: 'Die Spalten {columns} werden nicht beachtet.', remedy: 'Nichts zu tun.' },
  CsvUnclosedQuote: {
    message: 'Das Anführungszeichen in Zeile {row} wird nie geschlossen.',
    remedy: 'Schließen Sie es; innerhalb eines Wertes steht es doppelt.',
  },
  CsvNoUsers: {
    message: 'Die CSV-Datei hat keine Benutzer.',
    remedy: 'Unter die Kopfzeile gehört je Benutzer eine Zeile.',
  },
  CsvWrongColumnCount: {
    message: 'Zeile {row} hat {actual} statt {expected} Werte.',
    remedy: 'Ein Wert mit Trennzeichen darin, etwa ein Passwort, steht in doppelten Anführungszeichen.',
  },
  CsvBadAddress: {
    message: 'Zeile {row}: EmailAddress ist keine gültige Adresse.',
    remedy: 'Berichtigen Sie die Adresse.',
  },
  CsvDuplicateAddress: {
    message: 'Zeile {row}: dieselbe Adresse wie in Zeile {first}.',
    remedy: 'Eine Zeile je Benutzer; Groß- und Kleinschreibung zählt nicht.',
  },
  CsvUserNameEmpty: {
    message: 'Zeile {row}: UserName ist leer.',
    remedy: 'Tragen Sie die Anmeldung am alten Server ein.',
  },
  CsvUserNameSpaces: {
    message: 'Zeile {row}: UserName hat Leerzeichen davor oder dahinter.',
    remedy: 'Entfernen Sie sie; Server halten sie für einen Teil des Namens.',
  },
  CsvUserRootShared: {
    message: 'Zeile {row}: mehrere Benutzer teilen diese Anmeldung, und UserRoot unterscheidet diesen nicht.',
    remedy:
      'Geben Sie jedem Benutzer der Anmeldung ein eigenes UserRoot oder eine eigene Anmeldung; sonst bekämen alle die Mails eines einzigen.',
  },
  CsvBadPriority: {
    message: 'Zeile {row}: Priority ist weder high noch normal noch low (hoch, normal, niedrig).',
    remedy:
      'Tragen Sie eines davon ein, oder lassen Sie es leer: dann steht der Benutzer weder vor noch hinter anderen.',
  },
  CsvPasswordEmpty: {
    message: 'Zeile {row}: Password ist leer.',
    remedy: 'Tragen Sie das Passwort des alten Postfachs ein.',
  },
  CsvControlCharacters: {
    message: 'Zeile {row}: {column} enthält Steuerzeichen ({characters}).',
    remedy: 'Entfernen Sie sie.',
  },
  CsvFieldTooLong: {
    message: 'Zeile {row}: {column} ist länger als {limit} Zeichen.',
    remedy: 'Berichtigen Sie den Wert.',
  },
  CsvSameSource: {
    message: 'Die Zeilen {first} und {row} lesen dasselbe alte Postfach in zwei neue.',
    remedy: 'Prüfen Sie, ob das so sein soll.',
  },
  CsvNonAsciiAddress: {
    message: 'Zeile {row}: die Adresse hat vor dem „@“ Zeichen außerhalb von ASCII.',
    remedy: 'Exchange Online stellt solchen Adressen nur von Servern mit SMTPUTF8 zu.',
  },
};

/** A problem as it is stored (English, filled in) in German. */
export function germanCsvProblem(problem: CsvProblem): CsvProblem {
  const { code } = problem;
  if (code === 'UserDuplicateInOtherBatchException') {
    const { message, remedy } = germanFailure({ code, message: problem.message, remedy: problem.remedy });
    return { ...problem, message, remedy };
  }
  const values = readTemplate(CSV_PROBLEMS[code].message, problem.message);
  const { message, remedy } = GERMAN_CSV[code];
  const filled = message.replaceAll(/\{(\w+)\}/g, (whole, name: string) => germanFragment(values[name] ?? whole));
  return { ...problem, message: filled, remedy };
}
