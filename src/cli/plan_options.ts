import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import type { InferValue, Parser } from "@optique/core/parser";
import { flag, option } from "@optique/core/primitives";
import { integer, string, type ValueParser } from "@optique/core/valueparser";
import { InputError } from "../base/errors.ts";
import { whyUnreadable } from "../base/files.ts";
import { pathHint } from "../base/own_command.ts";
import type { PlanInput } from "../format/plan.ts";
import {
  choicesOf,
  type FieldKind,
  type PlanField,
  type PresetName,
  PRESETS,
} from "../format/field_kinds.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS, type PlanFieldName } from "../format/plan_fields.ts";
import { RuntimeName } from "../format/trial_record.ts";
import { optionText } from "../report/plan_words.ts";
import { parsePlanFile } from "../sweep/make_plan.ts";
import { PEERS } from "../sweep/peers.ts";
import { presetInput } from "../sweep/presets.ts";
import type { MayBeConfigured } from "./configuration.ts";
import {
  assignment,
  choiceList,
  duration,
  integerList,
  numberList,
  oneOf,
  percentage,
  pixelText,
  positiveNumber,
  subsetList,
  targetPair,
  widthList,
  wordList,
  yesOrNo,
} from "./values.ts";

type PlanOptions<N extends PlanFieldName> = { readonly [K in N]?: PlanInput[K] | undefined };

/** Options for these fields of a plan, under the field's name. Help shows `defaults` where a command has its own. */
export function planOptions<const N extends PlanFieldName>(
  label: string,
  names: readonly N[],
  defaults: PlanInput = {},
) {
  const parsers = Object.fromEntries(names.map((name) => [name, parserOf(name, defaults[name])]));
  return object(
    label,
    parsers as unknown as { [K in N]: Parser<"sync", PlanInput[K] | undefined, unknown> },
  );
}

const parserOf = (name: PlanFieldName, ownDefault: unknown) =>
  optionOf(PLAN_FIELDS[name], CHOICES[name], ownDefault);

/** The option of a field; undefined where it is not given. Help shows `ownDefault` in place of the field's. */
export function optionOf(
  field: PlanField,
  choices: readonly string[] = choicesOf(field),
  ownDefault?: unknown,
): Parser<"sync", unknown, unknown> {
  const flagName = `--${field.flag}` as const;
  const details = { description: message`${text(helpOf(field, choices, ownDefault))}` };
  switch (field.kind) {
    case "flag":
      return optional(flag(flagName, details));
    case "files":
      return map(
        multiple(option(flagName, string({ metavar: "FILE" }), details)),
        (paths) =>
          paths.length === 0
            ? undefined
            : paths.map((path) => path.startsWith("cmd:") ? path : resolve(path)),
      );
    case "layers":
      return map(
        multiple(option(flagName, widthList("WIDTHS"), details)),
        (given) => given.length === 0 ? undefined : given,
      );
    case "versions":
      return map(
        multiple(option(flagName, assignment("NAME=PATH", choices), details)),
        (pairs) => pairs.length === 0 ? undefined : Object.fromEntries(pairs),
      );
    default:
      return optional(option(flagName, READERS[field.kind](field, choices), details));
  }
}

/** Names that the schema of a field does not know. */
const CHOICES: Partial<Record<PlanFieldName, readonly string[]>> = {
  peers: [...PEERS, "all"],
  runtimePaths: RuntimeName.options,
};

function helpOf(field: PlanField, choices: readonly string[], ownDefault: unknown): string {
  const { kind, help, default: value, otherwise } = field;
  const listed = choices.length > 0 && kind !== "versions" ? `: ${choices.join(", ")}` : "";
  const byDefault = ownDefault === undefined && otherwise || optionText(field, ownDefault ?? value);
  const isSaid = kind !== "flag" && kind !== "files" && kind !== "versions";
  return `${help}${listed}${isSaid ? ` (default: ${byDefault || "none"})` : ""}.`;
}

type Reader = (field: PlanField, choices: readonly string[]) => ValueParser<"sync", unknown>;

/** How the value of an option is read, by what it is. */
const READERS: Record<Exclude<FieldKind, "flag" | "files" | "layers" | "versions">, Reader> = {
  "names": (_, choices) => choices.length > 0 ? choiceList("NAMES", choices) : wordList("NAMES"),
  "name": ({ metavar }) => string({ metavar: metavar ?? "NAME" }),
  "command": () => string({ metavar: "COMMAND" }),
  "earlier run": () => string({ metavar: "RUN" }),
  "choices": (_, choices) => choiceList("NAMES", choices),
  "choice": (_, choices) => oneOf("NAME", choices),
  "subsets": () => subsetList("EXAMPLES"),
  "integers": ({ metavar = "COUNTS", least = 1, word }) => integerList(metavar, least, word),
  "integer": () => integer({ min: 1, metavar: "N" }),
  "numbers": () => numberList("RATES"),
  "number": () => positiveNumber("NUMBER"),
  "targets": () => targetPair(),
  "pixels": () => pixelText(),
  "seconds": () => duration("TIME"),
  "share": () => percentage("PERCENT"),
  "yes or no": () => yesOrNo("YES|NO"),
};

export const implementationOptions = (defaults?: PlanInput) =>
  planOptions("Implementations", ["implementations"], defaults);
export const peerOptions = planOptions("Peers", ["peers", "peerThreads"]);
export const runtimeOptions = planOptions("Runtimes", ["runtimes", "runtimePaths"]);

const PLUGIN_FIELDS = ["plugins", "python", "sandbox"] as const;
export const pluginOptions = planOptions("Plug-ins", PLUGIN_FIELDS);

/** What is computed, and with what. */
export const MODEL_FIELDS = [
  "sizes",
  "batchSizes",
  "layers",
  "hiddenActivations",
  "outputLosses",
  "targets",
  "pixels",
  "weightDecay",
  "momentum",
  "initialisation",
  "seeds",
  "threads",
  "ranks",
  "trialTimeoutSeconds",
] as const;

export const TRAINING_FIELDS = ["rates", "epochs"] as const;

/** For every command that opens kernels. */
export const modelOptions = (defaults?: PlanInput) =>
  planOptions("What to compute", [...PLUGIN_FIELDS, ...MODEL_FIELDS], defaults);

export const trainingOptions = merge(
  planOptions("Training", TRAINING_FIELDS),
  object("Training", {
    preset: optional(option("--preset", oneOf("NAME", Object.keys(PRESETS) as PresetName[]), {
      description: message`Start from a named plan. ${
        text(Object.entries(PRESETS).map(([name, summary]) => `${name}: ${summary}`).join(". "))
      }.`,
    })),
  }),
);

export const sweepOptions = merge(
  object("Sweep", {
    quick: presetFlag("quick"),
    thorough: presetFlag("thorough"),
    plan: optional(option("--plan", string({ metavar: "FILE" }), {
      description: message`A plan as JSON; options win over it.`,
    })),
  }),
  planOptions("Sweep", [
    "rounds",
    "resolve",
    "crossover",
    "budgetSeconds",
    "maxSampleSeconds",
    "engine",
    "baseline",
    "nullTwin",
    "keepWrong",
    "timeSoftware",
  ]),
  planOptions("Hooks", ["beforeRun", "beforeTrial", "afterRun"]),
);

/** For commands that take a whole plan. */
export const wholePlanOptions = merge(
  implementationOptions(),
  peerOptions,
  runtimeOptions,
  modelOptions(),
  trainingOptions,
  sweepOptions,
);

function presetFlag(preset: "quick" | "thorough") {
  const description = message`${text(`As --preset ${preset}: ${PRESETS[preset]}.`)}`;
  return map(optional(flag(`--${preset}`, { description })), (given) => given && preset);
}

type AllOptions =
  & Omit<PlanOptions<PlanFieldName>, "against">
  & Partial<Pick<InferValue<typeof trainingOptions>, "preset">>
  & Partial<Pick<InferValue<typeof sweepOptions>, "quick" | "thorough" | "plan">>;

/** Where the value of a field comes from. */
export type ValueSource =
  | { readonly kind: "default" }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "configuration"; readonly path: string }
  | { readonly kind: "preset"; readonly preset: PresetName }
  | { readonly kind: "plan file"; readonly path: string }
  | { readonly kind: "option" };

export interface PlanLayer {
  readonly source: ValueSource;
  readonly input: PlanInput;
}

/** The layers of a plan that the options give, each wins over those before it. */
export function planLayers(options: AllOptions & MayBeConfigured): PlanLayer[] {
  const presets = [options.preset, options.quick, options.thorough]
    .filter((name) => name !== undefined);
  if (presets.length > 1) {
    throw new InputError(
      `Cannot start from ${presets.join(" and ")} at once: expected one preset`,
      "choose one of --quick, --thorough and --preset",
    );
  }
  const { configured, plan } = options;
  const given: PlanOptions<PlanFieldName> = options;
  const single = PLAN_FIELD_NAMES.filter((name) => name !== "against" && given[name] !== undefined);
  return [
    ...configured
      ? [{
        source: { kind: "configuration", path: configured.path } as const,
        input: configured.plan,
      }]
      : [],
    ...presets.map((preset) => ({
      source: { kind: "preset", preset } as const,
      input: presetInput(preset),
    })),
    ...plan === undefined
      ? []
      : [{ source: { kind: "plan file", path: plan } as const, input: readPlan(plan) }],
    {
      source: { kind: "option" },
      input: Object.fromEntries(single.map((name) => [name, given[name]])),
    },
  ];
}

/** The configuration, presets, then the plan file, then single options. */
export const planInputs = (options: AllOptions & MayBeConfigured): PlanInput[] =>
  planLayers(options).map(({ input }) => input);

/** Reads a plan file. Throws InputError where there is none, and BrokenFile for what is no plan. */
export function readPlan(path: string): PlanInput {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`Cannot read plan "${path}": ${whyUnreadable(error)}`, pathHint(path));
  }
  return parsePlanFile(text, path);
}
