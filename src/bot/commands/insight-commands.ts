import { doctorCard } from '../../cards/doctor-card.ts';
import { storyCard } from '../../cards/story-card.ts';
import { examine } from '../../engine/doctor.ts';
import { userStory } from '../../engine/story.ts';
import { userArgument } from './arguments.ts';
import { command } from './command.ts';

export const whyCommand = command({
  usage: 'why <user@x>',
  title: 'Why',
  help: 'Tell the story of a user in plain words: what happened, when, who asked for it.',
  examples: ['why info@example.com'],
  aliases: ['warum', 'story', 'explain', 'geschichte'],
  permission: 'view',
  topic: 'Look',
  args: { user: userArgument },
  async run({ user }, { world, locale }) {
    const view = await userStory(world, user);
    return { view, card: storyCard(view, locale) };
  },
});

export const doctorCommand = command({
  usage: 'doctor',
  title: 'Doctor',
  help: 'Look at everything Bellhop stands on: state, queue, sign-in, endpoints, conversations. Each with its remedy.',
  examples: ['doctor'],
  aliases: ['doktor', 'health', 'diagnose'],
  permission: 'view',
  topic: 'Repair',
  args: {},
  async run(_args, { world, here, locale }) {
    const findings = [...(await examine(world)), ...((await here?.findings()) ?? [])];
    const view = { findings, asOf: new Date(world.clock.now()).toISOString() };
    return { view, card: doctorCard(view, locale) };
  },
});
