/** A state machine as data: for each state the actions it allows and where they lead. */
export type TransitionTable<State extends string, Action extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Action, State>>>>
>;

/** Where an action leads, or undefined when the state does not allow it. */
export function nextState<State extends string, Action extends string>(
  table: TransitionTable<State, Action>,
  from: State,
  action: Action,
): State | undefined {
  return table[from][action];
}

/** The actions a state allows, in the order of the table: what buttons and `supportedActions` show. */
export function supportedActions<State extends string, Action extends string>(
  table: TransitionTable<State, Action>,
  from: State,
): readonly Action[] {
  return Object.keys(table[from]) as Action[];
}

/** The table as a Mermaid state diagram, for docs/states.md. */
export function toMermaid<State extends string, Action extends string>(table: TransitionTable<State, Action>): string {
  const lines = Object.entries<Readonly<Partial<Record<Action, State>>>>(table).flatMap(([from, row]) =>
    Object.entries(row).map(([action, to]) => `  ${from} --> ${String(to)}: ${action}`),
  );
  return ['stateDiagram-v2', ...lines].join('\n');
}
