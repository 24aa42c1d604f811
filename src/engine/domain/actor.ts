/** Who asks for something: a person in chat (Entra object id) or at a terminal (`cli:<os user>`). */
export interface Actor {
  readonly id: string;
  readonly name: string;
}
