/** What an error stops: one message, one folder, one mailbox, everything on an endpoint, the tenant, or only the request itself. */
export type FailureScope = 'item' | 'folder' | 'mailbox' | 'endpoint' | 'tenant' | 'request';

/** `never`: a person has to change something. `next-sync`: tried again at the next sync. `delayed`: tried again by itself, soon. */
export type FailureRetry = 'never' | 'next-sync' | 'delayed';

interface FailureRow {
  readonly scope: FailureScope;
  readonly retry: FailureRetry;
  readonly title: string;
  /** What happened, for the person who has to act; `{name}` is filled from the failure's details. */
  readonly message: string;
  readonly remedy: string;
}

/**
 * Every failure a person can meet. Cards, CLI, docs/failures.md and the workers read this table; adapters translate
 * foreign errors into it and nobody else looks at foreign messages. Names ending in `Exception` are Exchange Online's own.
 */
export const FAILURES = {
  // -- the target -------------------------------------------------------------------------------------------------
  MigrationRecipientNotFoundException: {
    scope: 'mailbox',
    retry: 'never',
    title: 'No mailbox in the target',
    message:
      'A recipient wasn\'t found for "{address}" on the target. Create a recipient of the appropriate type for this migration on the target and try again.',
    remedy: 'Create the mailbox in Exchange Online or add the address to one, then run "sync now {address}".',
  },
  RecipientAmbiguous: {
    scope: 'mailbox',
    retry: 'never',
    title: 'More than one recipient has this address',
    message: '{count} recipients in the target carry "{address}".',
    remedy: 'Leave the address on one recipient only, then run "sync now {address}".',
  },
  MailboxNotUsable: {
    scope: 'mailbox',
    retry: 'next-sync',
    title: 'The recipient has no usable mailbox',
    message:
      'The mailbox of "{address}" is inactive, soft-deleted, without a licence or hosted on-premises ({detail}).',
    remedy: 'Assign an Exchange Online licence and wait until the mailbox opens, then run "sync now {address}".',
  },
  MailboxFull: {
    scope: 'mailbox',
    retry: 'next-sync',
    title: 'The target mailbox is full',
    message: 'Exchange Online refused to store more mail in the mailbox of "{address}" ({detail}).',
    remedy: 'Raise the quota or enable the archive, then run "sync now {address}". Nothing is copied twice.',
  },
  TargetForbidden: {
    scope: 'mailbox',
    retry: 'next-sync',
    title: 'Bellhop may not write this mailbox',
    message: 'Exchange Online answered "access denied" for "{address}" ({detail}).',
    remedy:
      'Include the mailbox in the management scope of the role "Application Mail.ReadWrite"; changes take up to two hours.',
  },
  TargetSignInFailed: {
    scope: 'tenant',
    retry: 'next-sync',
    title: 'Sign-in to the tenant failed',
    message: 'Entra refused the app: {detail}.',
    remedy:
      'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or certificate, and the consent of the administrator.',
  },
  TargetThrottled: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'Exchange Online asks to slow down',
    message: 'The mailbox of "{address}" reached its limit; Bellhop continues at {until}.',
    remedy: 'Nothing to do: the sync continues by itself.',
  },
  TargetUnavailable: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'Exchange Online does not answer',
    message: 'A request to Exchange Online failed: {detail}.',
    remedy:
      'Nothing to do: the sync is tried again by itself. If it lasts, look at the service health of Microsoft 365.',
  },
  TargetChanged: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'The mailbox changed under the sync',
    message: 'A folder or item that Exchange Online showed a moment ago is gone or changed: {detail}.',
    remedy: 'Nothing to do: the sync is tried again by itself and looks anew. If it lasts, report the request id.',
  },
  TargetRefused: {
    scope: 'mailbox',
    retry: 'next-sync',
    title: 'Exchange Online refused a request',
    message: 'Exchange Online refused a request Bellhop relies on: {detail}.',
    remedy: 'Run "sync now {address}"; if it stays, report the request id.',
  },
  // -- the source -------------------------------------------------------------------------------------------------
  ImapAuthenticationException: {
    scope: 'mailbox',
    retry: 'never',
    title: 'The source refused the sign-in',
    message:
      "The username or password for this account is incorrect, or IMAP access is disabled. --> Imap server sent NO response to AUTHENTICATE. Response code: '{code}', message: '{detail}'.",
    remedy: 'Import the right user name and password again, then run "sync now {address}".',
  },
  ImapSignInDelayed: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'The source accepts no sign-in now',
    message: "The IMAP server is busy or at a limit: '{detail}'.",
    remedy:
      'Nothing to do: Bellhop tries again. If it lasts, raise the connection limit of the server or lower initial= of the endpoint.',
  },
  SourceBusy: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'All connections to the source are in use',
    message: 'As many connections to {host} are open as {who} takes.',
    remedy:
      'Nothing to do: the sync begins when one is free. "endpoints" shows what the server allows; connections= of the endpoint and the limit of the server set it.',
  },
  ImapMechanismUnsupported: {
    scope: 'endpoint',
    retry: 'never',
    title: 'No common sign-in method',
    message: 'The server offers only {detail}; Bellhop speaks PLAIN, LOGIN, XOAUTH2 and OAUTHBEARER.',
    remedy:
      'Enable PLAIN or LOGIN over TLS on the source; add the endpoint with login=xoauth2 when that is what the server offers.',
  },
  ImapTokenRefused: {
    scope: 'mailbox',
    retry: 'never',
    title: 'The source refused the token',
    message: "The IMAP server does not accept the OAuth token for this mailbox ({code}): '{detail}'.",
    remedy:
      'Check scope= of the endpoint, the IMAP permission of the app and its right to this mailbox, then run "sync now {address}".',
  },
  OAuthRefused: {
    scope: 'mailbox',
    retry: 'never',
    title: 'The token endpoint refused to give a token',
    message: "{host} answered '{code}': {detail}.",
    remedy:
      'Check client= and scope= of the endpoint and its secret (docs/logins.md). When tokens belong to users, import a new refresh token. Then run "sync now {address}".',
  },
  OAuthUnavailable: {
    scope: 'endpoint',
    retry: 'delayed',
    title: 'The token endpoint does not answer',
    message: 'No token from {host} ({detail}).',
    remedy: 'Nothing to do: Bellhop tries again. If it lasts, check token= of the endpoint and the firewall.',
  },
  SourceUnreachable: {
    scope: 'endpoint',
    retry: 'delayed',
    title: 'The source server cannot be reached',
    message: 'No connection to {host}:{port} ({detail}).',
    remedy: 'Check host, port and firewall, then run "test endpoint {endpoint}".',
  },
  SourceCertificateRefused: {
    scope: 'endpoint',
    retry: 'never',
    title: 'The certificate of the source was refused',
    message: 'The TLS certificate of {host}:{port} is not trusted ({detail}).',
    remedy:
      'Install a valid certificate for {host}, or start Bellhop with NODE_EXTRA_CA_CERTS pointing to your own CA.',
  },
  SourceTlsUnavailable: {
    scope: 'endpoint',
    retry: 'never',
    title: 'The source offers no encryption',
    message: 'The server {host}:{port} cannot upgrade to TLS ({detail}).',
    remedy:
      'Use security=tls with port 993, or enable STARTTLS on the server. Passwords are never sent in clear text unasked.',
  },
  SourceHostForbidden: {
    scope: 'endpoint',
    retry: 'never',
    title: 'This host may not be a source',
    message: '{host} leads to a private, loopback or reserved address.',
    remedy: 'If it is right, the operator of the machine adds the host or network to BELLHOP_ALLOW_HOSTS.',
  },
  SourceConnectionLost: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'The connection to the source broke',
    message: 'The connection to {host} ended while {detail}.',
    remedy: 'Nothing to do: the sync continues where it was.',
  },
  SourceFolderUnavailable: {
    scope: 'folder',
    retry: 'next-sync',
    title: 'A folder cannot be opened',
    message: 'The source refused to open the folder "{folder}" ({detail}).',
    remedy: 'Check the folder and its rights at the source. The other folders are synced.',
  },
  UserRootMissing: {
    scope: 'mailbox',
    retry: 'never',
    title: 'The folder of UserRoot is not there',
    message: 'The login sees no folder "{folder}" (column UserRoot).',
    remedy:
      'Check the path and what the login may see at the source; import the right UserRoot, then run "sync now {address}". Nothing was copied.',
  },
  SourceProtocolError: {
    scope: 'mailbox',
    retry: 'next-sync',
    title: 'The source answered something unexpected',
    message: 'The IMAP server answered something Bellhop cannot use: {detail}.',
    remedy: 'Run "sync now {address}". If it stays, report the server\'s name and version.',
  },
  // -- one message ------------------------------------------------------------------------------------------------
  ItemUnreadable: {
    scope: 'item',
    retry: 'next-sync',
    title: 'The source cannot deliver a message',
    message: 'The server returned no usable content for UID {uid} in "{folder}" ({detail}).',
    remedy: 'Open the message at the source; repair or delete it there.',
  },
  ItemTooLarge: {
    scope: 'item',
    retry: 'next-sync',
    title: 'A message is larger than the target accepts',
    message: 'UID {uid} in "{folder}" has {size} bytes; the target takes {limit}.',
    remedy: 'Raise MaxReceiveSize of the mailbox, or save the message elsewhere.',
  },
  ItemStandIn: {
    scope: 'item',
    retry: 'next-sync',
    title: 'A message is larger than the target accepts; a stand-in is there',
    message:
      'UID {uid} in "{folder}" has {size} bytes; the target takes {limit}. A small message with its headers stands for it.',
    remedy: 'Raise MaxReceiveSize of the mailbox and BELLHOP_MAX_ITEM_SIZE: the next sync replaces the stand-in.',
  },
  ItemRefused: {
    scope: 'item',
    retry: 'next-sync',
    title: 'The target refused a message',
    message: 'Exchange Online refused UID {uid} of "{folder}": {detail}.',
    remedy: 'See the reason; the message stays at the source.',
  },
  // -- Bellhop itself ---------------------------------------------------------------------------------------------
  CredentialMissing: {
    scope: 'mailbox',
    retry: 'never',
    title: 'No password is stored',
    message: 'There is no stored credential for "{address}".',
    remedy: 'Import the CSV row of this user again: bellhop import <file.csv> batch={batch} endpoint={endpoint}.',
  },
  CredentialUnreadable: {
    scope: 'mailbox',
    retry: 'never',
    title: 'A stored password cannot be decrypted',
    message: 'The credential of "{address}" was sealed with another key.',
    remedy: 'Start Bellhop with the former BELLHOP_KEY, or import the CSV again.',
  },
  LedgerUnavailable: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'The ledger cannot be written',
    message: 'Bellhop could not write its ledger ({detail}). No message is sent without it.',
    remedy: 'Check free space and rights of BELLHOP_DATA, or the Postgres of BELLHOP_LEDGER.',
  },
  MailboxTakenOver: {
    scope: 'mailbox',
    retry: 'delayed',
    title: 'Another worker took this mailbox',
    message: 'Another worker syncs "{address}" now; this one stopped.',
    remedy: 'Nothing to do.',
  },
  Unexpected: {
    scope: 'mailbox',
    retry: 'next-sync',
    title: 'Something unexpected happened',
    message: 'An error without a known cause: {detail}.',
    remedy: 'Run "sync now {address}". If it stays, report the log line with this code and time.',
  },
  // -- requests of people -----------------------------------------------------------------------------------------
  UnknownBatch: {
    scope: 'request',
    retry: 'never',
    title: 'No such batch',
    message: 'There is no batch "{batch}".',
    remedy: 'Write "status" to see all batches.',
  },
  UnknownUser: {
    scope: 'request',
    retry: 'never',
    title: 'No such user',
    message: 'No batch contains "{address}".',
    remedy: 'Check the address, or import a CSV that contains it.',
  },
  UnknownEndpoint: {
    scope: 'request',
    retry: 'never',
    title: 'No such endpoint',
    message: 'There is no endpoint "{endpoint}".',
    remedy: 'Write "endpoints" to see them, or "add endpoint {endpoint} host=...".',
  },
  BatchNameTaken: {
    scope: 'request',
    retry: 'never',
    title: 'The migration batch already exists',
    message: 'The migration batch "{batch}" already exists.',
    remedy: 'Choose another name, or import into the existing batch.',
  },
  EndpointInUse: {
    scope: 'request',
    retry: 'never',
    title: 'The endpoint is in use',
    message: 'The endpoint "{endpoint}" is used by: {batches}.',
    remedy: 'Remove these batches first ("remove batch <name>"); their mail stays in the target.',
  },
  EndpointNameTaken: {
    scope: 'request',
    retry: 'never',
    title: 'The endpoint already exists',
    message: 'The endpoint "{endpoint}" already exists with other settings.',
    remedy: 'Choose another name.',
  },
  InvalidName: {
    scope: 'request',
    retry: 'never',
    title: 'This is not a valid name',
    message: '"{name}" is not a valid name.',
    remedy: 'Use letters, digits, ".", "-" and "_", at most 64 characters, starting with a letter or digit.',
  },
  UserDuplicateInOtherBatchException: {
    scope: 'request',
    retry: 'never',
    title: 'The user is in another batch',
    message:
      'The user "{address}" is already included in migration batch "{batch}." Please remove the user from any other batch and try again.',
    remedy: 'Leave the user in one batch only.',
  },
  ActionNotPossible: {
    scope: 'request',
    retry: 'never',
    title: 'This is not possible now',
    message: '"{action}" is not possible while {name} is {status}.',
    remedy: 'Possible now: {allowed}.',
  },
  BatchEmpty: {
    scope: 'request',
    retry: 'never',
    title: 'The batch has no users',
    message: 'The batch "{batch}" has no users yet.',
    remedy:
      'Write "add users {batch}", or import them on the server: bellhop import <file.csv> batch={batch} endpoint={endpoint}.',
  },
  NotAllowed: {
    scope: 'request',
    retry: 'never',
    title: 'You may not do this',
    message: 'This needs the role "{role}".',
    remedy: 'Ask the operator of Bellhop to add you to the right group.',
  },
  ApprovalNeedsPerson: {
    scope: 'request',
    retry: 'never',
    title: 'Approvals come from known people',
    message: '"{command}" is an approval, and a terminal does not know who sits there.',
    remedy: 'Write it to Bellhop in Teams, as somebody with the role "approver".',
  },
  NothingToVerify: {
    scope: 'request',
    retry: 'never',
    title: 'Nothing to compare yet',
    message: '"{name}" was never synced: there is nothing in the target to compare.',
    remedy: 'Run "sync now {name}" first.',
  },
  UnknownApproval: {
    scope: 'request',
    retry: 'never',
    title: 'There is no such approval',
    message: 'There is no approval "{id}".',
    remedy: 'Write "approvals" to see the open ones.',
  },
  ApprovalOwn: {
    scope: 'request',
    retry: 'never',
    title: 'Nobody approves for themselves',
    message: 'You asked for "{id}" yourself: another person has to decide.',
    remedy: 'Ask somebody else with the role "approver".',
  },
  ApprovalTwice: {
    scope: 'request',
    retry: 'never',
    title: 'You have decided already',
    message: 'You have decided about "{id}" already; another person has to agree as well.',
    remedy: 'Wait for the other approver.',
  },
  ApprovalOver: {
    scope: 'request',
    retry: 'never',
    title: 'It is decided',
    message: '"{id}" is {state}; nothing was done now.',
    remedy: 'Ask for it again if it is still wanted.',
  },
  ProbesNotSetUp: {
    scope: 'request',
    retry: 'never',
    title: 'Probe mails are not set up',
    message: 'Nobody said whom probe mails come from.',
    remedy: 'Set BELLHOP_PROBE_FROM to an address of yours, and let the worker reach port 25.',
  },
  BreakGlassSpent: {
    scope: 'request',
    retry: 'never',
    title: 'The glass was broken too often',
    message: 'The glass was broken {count} times in the last day; nothing was done now.',
    remedy:
      'Ask an approver. If nobody can be reached, the operator of Bellhop names more people in BELLHOP_APPROVERS.',
  },
  OnlyInChat: {
    scope: 'request',
    retry: 'never',
    title: 'This belongs into a conversation',
    message: '"{command}" is about a conversation in Teams.',
    remedy: 'Write it where the news should come: in a channel, or to Bellhop itself.',
  },
  UsersInChat: {
    scope: 'request',
    retry: 'never',
    title: 'Lists of users do not belong in chat',
    message:
      'Bellhop takes no files and no rows of a CSV here: what is sent in Teams stays there, in OneDrive and in backups, passwords included. It was not opened, processed or stored.',
    remedy:
      'Delete the message, and change the passwords in it. Then write "add users <batch> endpoint=<name>": it answers with a private link to a page that takes the file.',
  },
  PasswordInChat: {
    scope: 'request',
    retry: 'never',
    title: 'Passwords do not belong in chat',
    message: 'The message looks as if it contains a password. It was not processed and is not stored by Bellhop.',
    remedy:
      'Delete the message and change the password. Passwords come with the CSV: "add users <batch>" answers with a private link.',
  },
  UsageError: {
    scope: 'request',
    retry: 'never',
    title: 'The command is not complete',
    message: '{detail}',
    remedy: 'Write "help {command}" for examples.',
  },
  UnknownForm: {
    scope: 'request',
    retry: 'never',
    title: 'There is no such form',
    message: 'This button opens a form this version of Bellhop does not have.',
    remedy: 'Write "help" for all commands; every form can be written as well.',
  },
  FileOfferGone: {
    scope: 'request',
    retry: 'never',
    title: 'This file is no longer offered',
    message: 'An offer is for the person who asked, once, for an hour, and for the file as it was written.',
    remedy: 'Write the command again in your own chat with Bellhop.',
  },
  FileNotTaken: {
    scope: 'request',
    retry: 'never',
    title: 'OneDrive did not take the file',
    message: '{file} could not be put into your OneDrive: {detail}.',
    remedy: 'Write the command again in your own chat with Bellhop. The file itself lies on the server.',
  },
  FormValueTooLong: {
    scope: 'request',
    retry: 'never',
    title: 'A value is too long',
    message: '"{field}" takes at most {longest} characters.',
    remedy: 'Shorten it and send the form again.',
  },
  FormValueQuoted: {
    scope: 'request',
    retry: 'never',
    title: 'A value has too many kinds of quotes',
    message: '"{field}" contains every kind of quotation mark Bellhop knows.',
    remedy: 'Take some of them out and send the form again.',
  },
  UnknownCommand: {
    scope: 'request',
    retry: 'never',
    title: 'I do not know this command',
    message: 'There is no command "{text}".',
    remedy: 'Did you mean "{nearest}"? Write "help" to see all commands.',
  },
  CsvUnusable: {
    scope: 'request',
    retry: 'never',
    title: 'The CSV file cannot be used',
    message: '{detail}',
    remedy: 'Correct the file and import it again. Nothing was stored.',
  },
  CheckOutdated: {
    scope: 'request',
    retry: 'never',
    title: 'The batch is not what was checked',
    message: 'The batch "{batch}" was not started: {detail}.',
    remedy: 'Run "check batch {batch}" and look at what it finds; without check= the batch starts as it is.',
  },
  UploadsNotSetUp: {
    scope: 'request',
    retry: 'never',
    title: 'The upload page is not set up',
    message: 'Nobody told Bellhop under which address people reach its pages.',
    remedy:
      'Set BELLHOP_PUBLIC_URL to the https address of the bot, such as https://bellhop.example.com, and restart; or import on the server: bellhop import <file.csv> batch=... endpoint=...',
  },
  TryAgain: {
    scope: 'request',
    retry: 'delayed',
    title: 'Somebody else changed this at the same moment',
    message: 'The state changed while the command ran.',
    remedy: 'Send the command again.',
  },
  RecordDamaged: {
    scope: 'request',
    retry: 'never',
    title: 'The audit chain was changed',
    message: 'The audit chain in Redis is not what Bellhop wrote: {detail}.',
    remedy:
      'Compare it with the files in audit/ under BELLHOP_DATA and with the latest close-out pack (bellhop verify-record), and find out who can write to Redis.',
  },
  // -- cutover ----------------------------------------------------------------------------------------------------
  CutoverUnknown: {
    scope: 'request',
    retry: 'never',
    title: 'This batch has no cutover',
    message: 'No cutover of the batch "{batch}" was started.',
    remedy: 'Write "start cutover {batch}".',
  },
  CutoverRunning: {
    scope: 'request',
    retry: 'never',
    title: 'The cutover was started already',
    message: 'The batch "{batch}" has a cutover.',
    remedy: 'Write "cutover {batch}" to see where it stands, or "cancel cutover {batch} <reason>" to begin anew.',
  },
  CutoverDomain: {
    scope: 'request',
    retry: 'never',
    title: 'It is not clear which domain',
    message: 'A cutover moves the mail of one domain. The users of "{batch}" have: {domains}.',
    remedy: 'Write "start cutover {batch} domain=<one of them>".',
  },
  CutoverNotAtStep: {
    scope: 'request',
    retry: 'never',
    title: 'The cutover is not at this step',
    message: 'The cutover of "{batch}" is at "{step}", not at "{asked}". No step is left out.',
    remedy: 'Write "cutover {batch}" to see what is next.',
  },
  CutoverNotProven: {
    scope: 'request',
    retry: 'never',
    title: 'The evidence is not there',
    message: 'The step "{step}" of "{batch}" lacks: {missing}.',
    remedy: 'Write "cutover {batch}" to see what was found. It is looked at again by itself.',
  },
  CutoverPaused: {
    scope: 'request',
    retry: 'never',
    title: 'The cutover rests',
    message: 'Somebody paused the cutover of "{batch}".',
    remedy: 'Write "continue cutover {batch}".',
  },
  CutoverNotPossible: {
    scope: 'request',
    retry: 'never',
    title: 'This step does not allow that',
    message: 'The step "{step}" of "{batch}" cannot be {action}.',
    remedy: 'Write "cutover {batch}" to see what is possible.',
  },
  CutoverNoWayBack: {
    scope: 'request',
    retry: 'never',
    title: 'There is no way back from here',
    message:
      'Mail of the domain already goes to Exchange Online ("{batch}" is at "{step}"), or this is the first step.',
    remedy:
      'To receive at the old server again, lead the MX back in the DNS. What arrived in Exchange Online stays there.',
  },
  DomainNotReadable: {
    scope: 'tenant',
    retry: 'delayed',
    title: 'Bellhop may not read the domains of the tenant',
    message: 'Exchange Online does not tell what it expects of "{domain}".',
    remedy:
      'In Entra, consent to Domain.Read.All (application) for the app that writes mail. The cutover goes on by itself then.',
  },
  CutoverFirst: {
    scope: 'request',
    retry: 'never',
    title: 'A cutover of this batch is under way',
    message: 'The cutover of "{batch}" is at "{step}"; the batch is completed at its step "complete".',
    remedy: 'Write "cutover {batch}" to see what is next, or "cancel cutover {batch} <reason>" while that is possible.',
  },
  CutoverUnchecked: {
    scope: 'request',
    retry: 'delayed',
    title: 'The evidence could not be looked at in time',
    message: 'No worker looked at the cutover of "{batch}" in time.',
    remedy: 'Check that a worker runs ("doctor"), then try again. Nothing was changed.',
  },
  SecondPersonNeeded: {
    scope: 'request',
    retry: 'never',
    title: 'This needs a second person',
    message: 'To do without a step takes somebody else who agrees, and this installation names no approvers.',
    remedy: 'Name them in BELLHOP_APPROVERS and set BELLHOP_APPROVALS to 1 or more.',
  },
  StateUnavailable: {
    scope: 'request',
    retry: 'delayed',
    title: 'Bellhop cannot reach its state store',
    message: 'Redis does not answer ({detail}).',
    remedy: 'Check REDIS_URL and the Redis server; workers continue by themselves.',
  },
  DropFolderOpen: {
    scope: 'request',
    retry: 'never',
    title: 'The drop folder is open to others',
    message: 'Others on this machine can enter BELLHOP_DROP: because of the passwords it is not used.',
    remedy: 'Close it: chmod o= on the folder. Bellhop takes the files then by itself.',
  },
  DropFolderMissing: {
    scope: 'request',
    retry: 'never',
    title: 'The drop folder cannot be read',
    message: 'BELLHOP_DROP is not there, or Bellhop may not read it.',
    remedy: 'Make the folder, for the account of Bellhop alone: mkdir -m 700.',
  },
} as const satisfies Record<string, FailureRow>;

export type FailureCode = keyof typeof FAILURES;

/** Values for the placeholders of a failure's texts. Never secrets; texts from outside are escaped by whoever shows them. */
export type FailureDetails = Readonly<Record<string, string | number>>;

/** A failure as it is stored and shown: a row of the table, filled in. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly remedy: string;
}

function fill(text: string, details: FailureDetails): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}

/** The failure of a code, with its texts filled in. */
export function failure(code: FailureCode, details: FailureDetails = {}): Failure {
  const { message, remedy } = FAILURES[code];
  return { code, message: fill(message, details), remedy: fill(remedy, details) };
}

/** An error with a code from {@link FAILURES}. `cause` keeps the foreign error for the log's catalogue, never for people. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: FailureCode;
  readonly details: FailureDetails;
  /** For `delayed` failures: not before this time (ms since 1970, UTC). */
  readonly retryAt: number | undefined;

  constructor(code: FailureCode, details: FailureDetails = {}, options: { cause?: unknown; retryAt?: number } = {}) {
    super(failure(code, details).message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.retryAt = options.retryAt;
  }

  /** The same error with more details, for a caller that knows more than the place it came from. */
  with(details: FailureDetails): MigrationError {
    const options = { cause: this.cause, ...(this.retryAt === undefined ? {} : { retryAt: this.retryAt }) };
    return new MigrationError(this.code, { ...details, ...this.details }, options);
  }
}

/** Any thrown value as a MigrationError; what is not known becomes `Unexpected` with the error's class, not its text. */
export function toMigrationError(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  const detail = error instanceof Error ? error.name : typeof error;
  return new MigrationError('Unexpected', { detail }, { cause: error });
}
