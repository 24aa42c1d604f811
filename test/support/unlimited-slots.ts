import type { SourceSlots } from '../../src/engine/ports.ts';

/** No limits at all, for tests of something else. */
export const unlimitedSlots: SourceSlots = {
  enter: async () => ({ refused: async () => Date.now(), leave: async () => undefined }),
  learned: async () => [],
};
