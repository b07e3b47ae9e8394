/** Language of a program, for the line that corrects it. */
export type Language = "python" | "typescript";

/** What the words of a mistake are made from. */
export interface Told {
  /** Its form as a phrase, and by its own name; empty where it has only one. */
  readonly form: string;
  readonly name: string;
  /** "layer 2"; empty where no layer is concerned. */
  readonly layers: string;
  readonly value: number;
  /** "the activations of layer 2": where digits begin to be missing; empty where nobody knows. */
  readonly stage: string;
}

/** The same correction in NumPy and in TypeScript, or once where it is words. */
export type Fix = string | Readonly<Record<Language, string>>;

export interface Explanation {
  readonly meaning: string;
  readonly fix: Fix;
}
