import type { SameModel, Summary } from "../format/summary.ts";
import { counted, formatCount, formatError } from "./numbers.ts";

/** At most so many names are listed where they are all that there are. */
const MOST_NAMED = 3;

/** Whether the implementations train the baseline's model; wrong gradients appear only among those that do not. */
export function modelSentences(summary: Summary): string[] {
  const { sameModel, series, plan, cells } = summary;
  const isWrong = (model: SameModel) =>
    cells.some((cell) => cell.series === model.series && cell.verdict === "wrong");
  const of = (verdict: SameModel["verdict"]) => sameModel.filter((one) => one.verdict === verdict);
  const label = (model: SameModel) => series[model.series].label;
  const [same, unknown] = [of("same model"), of("unknown")].map((models) =>
    models.filter((model) => !isWrong(model))
  );
  const areAll = same.length === sameModel.length && same.length > MOST_NAMED;
  const trainsTheSame = (models: readonly SameModel[]) =>
    `${areAll ? `All ${same.length} others` : models.map(label).join(", ")} ` +
    `${models.length === 1 ? "trains" : "train"} the same model as ${plan.baseline}`;
  return [
    ...of("different model").flatMap((model) =>
      [
        `No speedup for ${label(model)}: it trains a different model than ${plan.baseline}.`,
        ...evidence([model], label),
      ].join(" ")
    ),
    ...(same.length > 0 ? [[`${trainsTheSame(same)}.`, ...evidence(same, label)].join(" ")] : []),
    ...(unknown.length > 0
      ? [
        `Whether ${trainsTheSame(unknown)} is unknown: losses of single steps are missing, or ` +
        "training amplifies rounding errors too much to compare them.",
      ]
      : []),
  ];
}

/** The greatest differences, with the implementation where there are several. */
function evidence(models: readonly SameModel[], label: (model: SameModel) => string): string[] {
  const greatest = (of: (model: SameModel) => number | undefined) =>
    models.filter((model) => of(model) !== undefined)
      .toSorted((a, b) => Math.abs(of(b)!) - Math.abs(of(a)!))[0];
  const worst = greatest(({ trajectory }) => trajectory?.maxRelativeDifference);
  const apart = greatest(({ accuracy }) => accuracy?.difference);
  const sentences: string[] = [];
  if (worst) {
    const { steps, maxRelativeDifference, tolerance } = worst.trajectory!;
    const whose = models.length > 1 ? `${label(worst)}: ` : "";
    sentences.push(
      maxRelativeDifference === 0
        ? `The losses of the first ${counted(steps, "step")} are equal.`
        : `Losses of single steps differ by up to ${formatError(maxRelativeDifference)} ` +
          `(${whose}the first ${steps}; rounding explains up to ${formatError(tolerance)}).`,
    );
  }
  if (apart) {
    const { examples, seeds } = apart.accuracy!;
    const over = seeds > 1 ? ` over ${seeds} seeds` : "";
    const at = `at m = ${formatCount(examples)}${over}`;
    sentences.push(
      apart.accuracy!.difference === 0
        ? `Accuracy ${at} is the same.`
        : `Accuracy differs most for ${label(apart)}, by ${accuracyDifference(apart)} ${at}.`,
    );
  }
  return sentences;
}

/**
 * "−0.87 points [−2.15, +0.41]": its test accuracy less the baseline's, with an interval where several seeds show one;
 * undefined where it is unknown.
 */
export function accuracyDifference({ accuracy }: SameModel): string | undefined {
  if (accuracy === undefined) return undefined;
  const difference = `${points(accuracy.difference)} points`;
  if (accuracy.interval === undefined) return difference;
  const [low, high] = accuracy.interval.map(points);
  return `${difference} [${low}, ${high}]`;
}

const points = (share: number): string => {
  const value = Number((100 * share).toFixed(2));
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`;
};
