/** The machine cannot be made ready; the message says what a person can do. */
export class SetupError extends Error {
  name = 'SetupError';
}
