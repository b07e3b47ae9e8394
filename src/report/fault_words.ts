import { basename } from "node:path";
import type { Place, TrialFault } from "../format/fault.ts";
import { formatError } from "./numbers.ts";

/** Says what Slope found wrong with a program. */
export function faultText(fault: TrialFault): string {
  switch (fault.kind) {
    case "member":
      return `the kernel's ${fault.name} is ${fault.found}, expected ${MEMBERS[fault.name]}`;
    case "array": {
      const { name, found, length, expected, layoutLength } = fault;
      return `${name} is ${length === undefined ? found : `a ${found} of ${length}`}, ` +
        `expected a ${expected} of layout.length = ${layoutLength}`;
    }
    case "disguised-array":
      return `${fault.name} is a subclass or proxy of ${fault.expected}, expected a plain one`;
    case "layer-count":
      return `layout has ${fault.found} layers, expected ${fault.expected}`;
    case "layer-size":
      return `layout's layer ${fault.layer} is ${fault.found.join(" → ")}, ` +
        `expected ${fault.expected.join(" → ")}`;
    case "parameter-place": {
      const { layer, output, input, at, isTaken, length } = fault;
      const name = input === undefined ? `bias ${output}` : `weight [${output}][${input}]`;
      return `layout puts ${name} of layer ${layer} at ${at}, ` +
        (isTaken ? "where another parameter is" : `expected 0 to ${length - 1}`);
    }
    case "loss":
      return `lossAndGradient returned ${fault.found ?? "a promise from a synchronous kernel"}, ` +
        "expected a number";
    case "changed":
      return CHANGED[fault.what] +
        (fault.row === undefined ? "" : ` of row ${fault.row} of the data`);
    case "built-in":
      return `it ${fault.change} ${fault.name}`;
    case "update":
      return `descend(${fault.rate}) turned parameter ${fault.parameter} (canonical order) from ` +
        `${fault.before} into ${fault.after}, expected ${fault.expected}`;
    case "not-finite":
      return `element ${fault.element} is ${fault.value}`;
    case "precision":
      return `${PRECISIONS[fault.found]}, but ${fault.declared} is declared`;
    case "earlier-gradient":
      return EARLIER[fault.of];
    case "rows-left-out":
      return `it leaves out ${fault.rows} of the ${fault.of} rows of the minibatch`;
    case "other-in-parts":
      return `${fault.steps} steps at once lead elsewhere than steps 1 to ${fault.border} and then ` +
        "the others: it does not do each of them";
    case "unwritten":
      return fault.written === 0
        ? "it does not write its gradient"
        : `it writes only ${fault.written} of the ${fault.of} numbers of its gradient`;
    case "no-program":
      return `it cannot be started (${fault.command}: ${fault.message})`;
    case "exception":
      return fault.message + placeOf(fault);
    case "offers-none":
      return fault.message;
    case "missing-package":
      return `Python has no package "${fault.package}" (${fault.interpreter}): install it with ` +
        `"${fault.interpreter} -m pip install ${fault.package}", on Debian with "apt-get install ` +
        `python3-${fault.package}", or name another Python with --python`;
    case "program-died": {
      const how = fault.signal === undefined
        ? `exit code ${fault.exitCode}${signalOf(fault.exitCode ?? 0)}`
        : `signal ${fault.signal}`;
      const during = fault.during === undefined ? "" : `, when asked to ${fault.during}`;
      return `its process ended early (${how}${during})` +
        (fault.message === undefined ? "" : `: ${fault.message}`);
    }
    case "invalid-reply":
      return `it answered "${fault.to}" with ${JSON.stringify(fault.line)}, which is ` +
        (fault.message === undefined ? "not JSON" : `not an answer (${fault.message})`);
    case "file-length":
      return `it wrote ${fault.bytes} bytes to ${basename(fault.path)}, expected ` +
        `${fault.expectedBytes}: 8 for each parameter`;
    case "wrong-in-step":
      return `it was right when verified but wrong in a timed step: ${wrongText(fault)}`;
    default:
      return HABITS[fault.kind];
  }
}

/** A shell or a sandbox that a program ran in exits with 128 + the number of the signal that ended it. */
function signalOf(exitCode: number): string {
  const signal = SIGNALS[exitCode - 128];
  return signal === undefined ? "" : `, as of signal ${signal}`;
}

/** These have the same number on every system. */
const SIGNALS: Readonly<Record<number, string>> = {
  6: "SIGABRT",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  14: "SIGALRM",
  15: "SIGTERM",
};

/** " (mine.py:12: z = w @ x)". */
function placeOf({ file, line, source }: Extract<TrialFault, { kind: "exception" }>): string {
  if (file === undefined) return "";
  return ` (${basename(file)}:${line}${source === undefined ? "" : `: ${source}`})`;
}

type Wrong = Omit<Extract<TrialFault, { kind: "wrong-in-step" }>, "kind">;

/** Says where a gradient is wrong, by how much and why. */
export function wrongText(wrong: Wrong): string {
  const { worst, maxRelativeError, tolerance, wrongParts = [], fault, isRightAgain } = wrong;
  const place = worst && placeText(worst);
  if (fault && worst?.part === undefined) return faultText(fault) + (place ? ` (${place})` : "");
  const error = maxRelativeError === undefined
    ? "not finite"
    : `relative error ${formatError(maxRelativeError)}`;
  const again = isRightAgain
    ? "it is right when verified again, so it detects verification"
    : "it is also wrong when verified again, so it was right only in its first calls";
  return [
    `${place ? `${place}: ` : ""}${error}, expected at most ${formatError(tolerance ?? 0)}`,
    ...(wrongParts.length > 1 ? [`wrong there: ${partsText(wrongParts)}`] : []),
    ...(fault ? [faultText(fault)] : []),
    ...(isRightAgain === undefined ? [] : [again]),
  ].join("; ");
}

/** "bias gradient of layer 3, initial parameters, minibatch of 7". */
const placeText = ({ part, layer, point, batchSize }: Place): string =>
  [
    ...(part ? [PARTS[part] + (layer ? ` of layer ${layer}` : "")] : []),
    ...(point ? [`${point} parameters`] : []),
    `minibatch of ${batchSize}`,
  ].join(", ");

/** "loss, weights of layers 1 and 2, biases of layer 2". */
export function partsText(parts: readonly Pick<Place, "part" | "layer">[]): string {
  const byPart = Map.groupBy(parts, ({ part }) => part ?? "loss");
  return [...byPart].map(([part, of]) => {
    const layers = of.flatMap(({ layer }) => layer ?? []);
    if (layers.length === 0) return part;
    return `${part} of ${layers.length === 1 ? "layer" : "layers"} ${layers.join(", ")}`;
  }).join("; ");
}

const PARTS = { loss: "loss", weights: "weight gradient", biases: "bias gradient" };

const MEMBERS = {
  "mode": '"sync" or "async"',
  "lossAndGradient": "a function",
  "layout.layers": "an array",
};

const CHANGED = {
  "parameters": "it changed the parameters",
  "row-numbers": "it changed the minibatch's row numbers",
  "data": "it changed the data",
  "label": "it changed the label",
  "pixels": "it changed the pixels",
  "arrays": "it replaced the array of its parameters or gradient",
  "gradient": "its descend changed the gradient",
};

const PRECISIONS = {
  float32: "it has the accuracy of float32",
  half: `its error is as large as that of half precision (float16: ${2 ** -11})`,
  float16: "every number of its gradient is a float16 number",
  bfloat16: "every number of its gradient is a bfloat16 number",
};

const EARLIER = {
  "previous-call": "its gradient is the previous call's",
  "one-call-late": "its gradient is the previous call's: a second, identical call is right",
  "previous-step": "its gradient is the previous step's",
  "initial-parameters": "its gradient is the one for the initial parameters",
  "other-minibatch": "it returns an earlier call's gradient for another minibatch",
  "other-parameters": "it returns an earlier call's gradient for other parameters",
};

const HABITS = {
  "late-writes": "it wrote its gradient after it had returned, so some of its work is not awaited",
  "zero-gradient": "its gradient is 0 everywhere: it computes nothing",
  "loss-sum-for-mean":
    "its loss is the sum over the minibatch, expected the mean; the gradient is right",
  "sum-for-mean": "its gradient is the sum over the minibatch, expected the mean",
  "works-between-calls": "it computes between its calls, off the clock",
  "right-only-over-nan":
    "it is right only if its gradient holds NaN before the call, as in verification",
  "wrong-step": "its step makes another update than its gradient, which is right",
};
