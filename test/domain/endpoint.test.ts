import { describe, expect, test } from 'vitest';
import { parseAdmin, signInName } from '../../src/engine/domain/endpoint.ts';

describe('an administrator who signs in for each user', () => {
  test.each([
    ['user*master', 'info', { user: 'info*master' }],
    ['contoso/admin/user', 'info', { user: 'contoso/admin/info' }],
    ['#user@contoso.example#admin#', 'info', { user: '#info@contoso.example#admin#' }],
    ['user*superuser', 'info', { user: 'info*superuser' }],
    ['superuser/user', 'info@contoso.example', { user: 'superuser/info@contoso.example' }],
    ['authzid:cyrus', 'info', { user: 'cyrus', authzid: 'info' }],
    ['user*master', '$&$1', { user: '$&$1*master' }],
  ])('%s for %s', (template, user, expected) => {
    expect(parseAdmin(template)).toBe(template);
    expect(signInName({ admin: template }, user)).toEqual(expected);
  });

  test.each(['master', 'superuser', 'authzid:', '', 'user*ma\u0000ster', `user*${'x'.repeat(300)}`])(
    '%j has no place for the user',
    (template) => {
      expect(parseAdmin(template)).toBeUndefined();
    },
  );

  test('without a template the user signs in as it stands in the CSV', () => {
    expect(signInName({}, 'info')).toEqual({ user: 'info' });
  });
});
