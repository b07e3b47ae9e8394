import { z } from "zod";

/** Named sets of plan fields: `--preset NAME`; `--quick` and `--thorough` are two of them. */
export const PRESETS = {
  quick: "three implementations, two small subsets and three rounds, within 15 s",
  thorough: "10 rounds of 10 epochs, long samples and a null twin, up to three hours",
  question: "rate 0.01, minibatches of 6,000 and weights in ±1: the settings that never learned",
} as const;
export type PresetName = keyof typeof PRESETS;

/** What a value is, which decides how an option, the command that repeats a run, and a report write it. */
export type FieldKind =
  | "names"
  | "name"
  | "command"
  | "choices"
  | "choice"
  | "subsets"
  | "layers" // the option is repeated
  | "integers" // or the field's `word`
  | "integer"
  | "numbers"
  | "number"
  | "targets"
  | "pixels"
  | "seconds"
  | "share"
  | "flag" // false unless given
  | "yes or no"
  | "files" // the option is repeated
  | "versions" // NAME=PATH; the option is repeated
  | "earlier run";

export interface PlanField<S extends z.ZodType = z.ZodType, I extends z.ZodType = z.ZodType> {
  readonly kind: FieldKind;
  /** The option, without its dashes. */
  readonly flag: string;
  /** What stands for a name or a list of integers in help. */
  readonly metavar?: "SIZES" | "COUNTS" | "SEEDS" | "DATA" | "DIR";
  /** A value in a complete plan. */
  readonly schema: S;
  /** A value in a preset, a plan file or an option, where it may be less definite. */
  readonly input?: I;
  readonly default?: z.infer<I>;
  /** What the value follows from when none is given. Every field has this or a default. */
  readonly otherwise?: string;
  readonly label: string;
  /** For help and docs/FORMAT.md: a phrase, to which the default is added. */
  readonly help: string;
  readonly presets?: { readonly [P in PresetName]?: z.infer<I> };
  /**
   * What another value changes: which cells there are (a plan has one for every combination of values); what is measured
   * in every cell, so that no cell of two such runs can be compared; nothing in any cell; or (absent) how carefully, or
   * beside what, cells are measured.
   */
  readonly decides?: "which cells" | "every cell" | "no figure";
  /** The word that the list may hold in place of a number. */
  readonly word?: string;
  readonly least?: number;
}

/** Gives a field's default and presets the type of its schema. */
export const field = <S extends z.ZodType, I extends z.ZodType = S>(of: PlanField<S, I>) => of;

/** The words that a field may hold; none where it holds anything. */
export function choicesOf({ schema }: Pick<PlanField, "schema">): readonly string[] {
  if (schema instanceof z.ZodOptional) return choicesOf({ schema: schema.unwrap() as z.ZodType });
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodArray ? choicesOf({ schema: schema.element as z.ZodType }) : [];
}
