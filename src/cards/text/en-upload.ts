import { count, plural } from '../format.ts';

const users = (value: number): string => plural(value, 'user');
const rows = (value: number): string => plural(value, 'row');

/** The upload page, and the card that brings its link. */
export const EN_UPLOAD = {
  what: 'Upload link',
  state: 'Good once',
  sentence: (minutes: number) =>
    `It opens a page that takes the CSV of this batch. The link is **yours alone**: good for ${minutes} minutes, and for one file.`,
  open: 'Open the upload page',
  rules: 'EmailAddress, UserName, Password; at most 50,000 users or 10 MB. Passwords never go through the chat.',
  fallback: (batch: string, url: string) => `Upload link for ${batch}, good once: ${url}`,
  sentState: 'Sent to you',
  sent: 'The link is in your chat with Bellhop: it is for you alone.',
  askThere: 'Ask there',
  onlyPrivately: (command: string) =>
    `The link is for one person. Open the chat with Bellhop and write there: **${command}**`,

  page: {
    title: 'Add users',
    to: 'to',
    endpoint: 'Mail comes from',
    by: 'Link of',
    left: 'Time left',
    drop: 'Drop the CSV file here',
    choose: 'Choose a file',
    or: 'or',
    limits: 'CSV · at most 50,000 users · 10 MB',
    columns: 'What the file looks like',
    columnsHint:
      'One row a user. EmailAddress is the mailbox in Exchange Online; UserName and Password sign in at the old server. Two more columns may be there: Priority (high, normal or low) says who comes before others of the batch, UserRoot in which folder a shared login finds the mail. Comma, semicolon or tab. Save it as "CSV UTF-8".',
    template: 'Download an empty file',
    secret:
      'The file travels over this encrypted connection. Passwords are sealed at once and never shown again; the file itself is kept nowhere.',
    uploading: 'Uploading',
    reading: 'Checking every row',
    tooLarge: 'This file is larger than 10 MB. Divide it into two or more files.',
    failed: 'The connection was lost. Nothing is imported twice: choose the file again.',
    row: 'Row',
    problem: 'Problem',
    remedy: 'What to do',
    file: 'file',
    more: 'Show more',
    download: 'Download the refused rows',
    downloadHint:
      'with a first column "Problem", and with the passwords they came with. Mend them and drop that file here.',
    warnings: 'Good to know',
    script: 'This page needs JavaScript to check and send the file.',
    other: 'Deutsch',
  },

  closed: {
    used: 'This link has been used',
    expired: 'This link has expired',
    exhausted: 'This link was tried too often',
    unknown: 'This link does not work',
    hint: 'A link takes one file, for the person who asked for it, within 30 minutes. For a new one, write to Bellhop:',
  },

  answer: {
    done: (value: number) => (value === 0 ? 'Nothing had to be changed' : `${users(value)} added`),
    partly: (value: number, bad: number) => `${users(value)} added, ${rows(bad)} refused`,
    refused: 'No user was added',
    isDone: 'You can close this page. Next, write to Bellhop:',
    isQueued: (value: number) => `The batch runs: ${value === 1 ? 'the new user syncs' : 'new users sync'} now.`,
    isOpen:
      'The link stays open: mend what is listed and drop the file here again. Users that are in are not added twice.',
    added: 'Added',
    updated: 'Updated',
    unchanged: 'As before',
    problems: 'Refused',
    busy: 'Another file of this link is being read',
    busyHint: 'Wait for its answer.',
    tooLarge: 'The file is too large',
    tooSlow: 'The file arrived too slowly',
    again: 'Choose it again.',
    notCsv: 'This is not a CSV file',
    tooMany: 'Too many requests',
    wait: 'Wait a minute, then try again.',
    foreign: 'This request did not come from the upload page',
    count: (value: number) => count(value),
  },
};
