import { describe, expect, test } from 'vitest';
import { parseAdmin, parseTokenUrl, signInName } from '../../src/engine/domain/endpoint.ts';

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

describe('the address of a token endpoint', () => {
  test.each([
    'https://login.microsoftonline.com/contoso/oauth2/v2.0/token',
    'https://oauth2.googleapis.com/token',
    'https://login.example.com:8443/token?api=2',
    'http://localhost:8080/token',
  ])('%s', (text) => {
    expect(parseTokenUrl(text)).toBe(text);
  });

  test.each([
    'http://login.example.com/token',
    'ftp://login.example.com/token',
    'https://user:password@login.example.com/token',
    'https://login.example.com/token#here',
    'https://[::1]/token',
    'login.example.com/token',
    `https://login.example.com/${'x'.repeat(500)}`,
    '',
  ])('is not %j', (text) => {
    expect(parseTokenUrl(text)).toBeUndefined();
  });
});
