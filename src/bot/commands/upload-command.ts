import { uploadCard, uploadElsewhereCard } from '../../cards/upload-card.ts';
import { UPLOAD_LIFETIME } from '../../engine/domain/upload.ts';
import { offerUpload } from '../../engine/uploads.ts';
import { batchArgument, endpointArgument } from './arguments.ts';
import { type CommandReply, command } from './command.ts';

export const addUsersCommand = command({
  usage: 'add users <batch> [endpoint=<name>]',
  title: 'Add users',
  help: 'Get a private link, good once and for 30 minutes, to a page that takes the CSV of a batch. A new batch is created with endpoint=.',
  examples: ['add users sales-1', 'add users sales-2 endpoint=mail-hq'],
  aliases: ['upload', 'upload csv', 'import', 'benutzer hinzufügen', 'csv hochladen', 'hochladen'],
  permission: 'operate',
  topic: 'Set up',
  args: {
    batch: batchArgument,
    endpoint: {
      ...endpointArgument,
      expects: 'endpoint=<name>',
      named: true,
      optional: true,
      also: ['endpunkt', 'source', 'quelle'],
    },
  },
  async run({ batch, endpoint }, { world, by, here, locale }): Promise<CommandReply> {
    if (here !== undefined && !here.personal && !(await here.hasPrivateChat())) {
      const words = `add users ${batch}${endpoint === undefined ? '' : ` endpoint=${endpoint}`}`;
      return { view: { batch, sent: false }, card: uploadElsewhereCard(batch, words, locale) };
    }
    const offer = await offerUpload(world, { batch, endpoint }, by);
    const minutes = UPLOAD_LIFETIME / 60_000;
    const card = uploadCard({ batch, url: offer.url, minutes, inText: here === undefined }, locale);
    if (here === undefined || here.personal) return { view: offer, card };
    // Whoever has the link can upload: it is shown to the person who asked, not to the channel.
    const words = (await here.tellPrivately(card)) ? undefined : `add users ${batch}`;
    return { view: { batch, sent: words === undefined }, card: uploadElsewhereCard(batch, words, locale) };
  },
});
