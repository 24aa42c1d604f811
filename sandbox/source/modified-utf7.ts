/** A folder name as IMAP and Maildir++ spell it: everything but printable ASCII in modified UTF-7 (RFC 3501, 5.1.3). */
export function encodeModifiedUtf7(name: string): string {
  return name.replaceAll('&', '&-').replaceAll(/[^\x20-\x7e]+/g, (run) => {
    const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64');
    return `&${base64.replaceAll('=', '').replaceAll('/', ',')}-`;
  });
}
