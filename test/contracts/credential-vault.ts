import { describe, expect, test } from 'vitest';
import type { CredentialVault } from '../../src/engine/ports.ts';
import { address } from './sample-records.ts';

/** What every CredentialVault does. `open` answers an empty one. */
export function credentialVaultContract(
  name: string,
  open: () => Promise<AsyncDisposable & { readonly vault: CredentialVault }>,
): void {
  describe(`CredentialVault: ${name}`, () => {
    test('a password comes back letter by letter, whatever it is made of', async () => {
      await using world = await open();
      const passwords = ['simple', '', ' spaces ', 'ümläut😀', 'with.dots,"quotes"\\', 'x'.repeat(5000), '\u0000\r\n'];

      for (const [at, password] of passwords.entries()) {
        await world.vault.put(address(`user${at}@contoso.example`), password);
      }

      for (const [at, password] of passwords.entries()) {
        expect(await world.vault.get(address(`user${at}@contoso.example`))).toBe(password);
      }
    });

    test('many passwords are stored at once, and the last one counts', async () => {
      await using world = await open();
      const users = Array.from({ length: 1201 }, (_, at) => address(`user${at}@contoso.example`));
      await world.vault.put(address('user7@contoso.example'), 'former');

      await world.vault.putAll(new Map(users.map((user, at) => [user, `secret-${at}`])));
      await world.vault.putAll(new Map());

      expect(await world.vault.get(address('user7@contoso.example'))).toBe('secret-7');
      expect(await world.vault.get(address('user1200@contoso.example'))).toBe('secret-1200');
    });

    test('many are asked for at once; who has none is left out', async () => {
      await using world = await open();
      const [a, b, c] = ['a', 'b', 'c'].map((name) => address(`${name}@contoso.example`));
      if (a === undefined || b === undefined || c === undefined) throw new RangeError('There are three.');
      await world.vault.putAll(new Map([[a, 'first'], [c, '']])); // prettier-ignore

      expect(await world.vault.getAll([a, b, c])).toEqual(new Map([[a, 'first'], [c, '']])); // prettier-ignore
      expect(await world.vault.getAll([])).toEqual(new Map());
    });

    test('nothing is known of users without a password, or of forgotten ones', async () => {
      await using world = await open();
      await world.vault.put(address('a@contoso.example'), 'secret');

      await world.vault.forget(address('a@contoso.example'));
      await world.vault.forget(address('b@contoso.example'));

      expect(await world.vault.get(address('a@contoso.example'))).toBeUndefined();
      expect(await world.vault.get(address('b@contoso.example'))).toBeUndefined();
    });
  });
}
