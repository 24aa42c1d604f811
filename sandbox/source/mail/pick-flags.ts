import type { GeneratedFolder } from './folder-trees.ts';
import type { Random } from './seeded-random.ts';

/** Flags and keywords as a folder's mail usually has them. */
export function pickFlags(random: Random, role: GeneratedFolder['role']): readonly string[] {
  const flags: string[] = [];
  if (random.chance(role === 'sent' ? 0.99 : 0.8)) flags.push('\\Seen');
  if (random.chance(0.15)) flags.push('\\Answered');
  if (random.chance(0.04)) flags.push('\\Flagged');
  if (random.chance(0.01)) flags.push('\\Deleted');
  if (role === 'drafts' || random.chance(0.002)) flags.push('\\Draft');
  if (random.chance(0.05)) flags.push('$Forwarded');
  if (random.chance(0.03)) flags.push('$Label1');
  if (role === 'junk') flags.push('Junk');
  else if (random.chance(0.2)) flags.push('NonJunk');
  return flags;
}
