/**
 * Scores `slope choose`: measures a grid of m, B and networks, answers questions that lie between, and then trains every
 * program on each question. Prints the table, and writes it into docs/METHODOLOGY.md once all 40 questions were asked.
 * Takes about 20 minutes on a quiet machine; the questions are the same every time.
 * Run: deno task score:choose (or deno run --allow-all scripts/score_choose.ts [--questions N] [--run FOLDER [--again]])
 * --run takes a grid that was measured; --again takes its trainings, too, and measures nothing.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Random, randomFrom, shuffle } from "../src/base/random.ts";
import { writeFileAtomic } from "../src/base/files.ts";
import { processTerminal } from "../src/base/terminal.ts";
import { predictionsOf } from "../src/choose/answer_question.ts";
import { measuredPrograms, type Program, programKey } from "../src/choose/measured_programs.ts";
import { loadData } from "../src/cli/options.ts";
import { runSweep } from "../src/cli/run_sweep.ts";
import { firstExamples } from "../src/data/dataset.ts";
import type { ResolvedData } from "../src/data/resolve_data.ts";
import type { Prediction, Question } from "../src/format/answer.ts";
import type { PlanInput } from "../src/format/plan.ts";
import type { Cell } from "../src/format/trial_record.ts";
import { formatDuration, formatPercent, formatRatio } from "../src/report/numbers.ts";
import { median } from "../src/stats/statistics.ts";
import { type PreparedSweep, prepareSweep } from "../src/sweep/prepared_sweep.ts";
import { setupOfPlan } from "../src/sweep/resolve_setup.ts";
import { findRunFolder, readRun } from "../src/sweep/run_folder.ts";
import { startRun } from "../src/sweep/start_run.ts";
import { runTrial } from "../src/trial/run_trial.ts";
import { splice } from "./splice.ts";

const { values: given } = parseArgs({
  options: {
    questions: { type: "string", default: "40" },
    run: { type: "string" },
    again: { type: "boolean", default: false },
    out: { type: "string", default: "results/choose" },
  },
});

/** Only these programs are ever the fastest; the others take several times as long. */
const GRID: PlanInput = {
  implementations: [
    "wasm_simd",
    "wasm_sparse",
    "wasm_threads",
    "native_sparse",
    "native_dense",
    "blas_ffi",
  ],
  layers: [[784, 16, 16, 10], [784, 48, 48, 10], [784, 64, 10], [784, 160, 10], [784, 160, 32, 10]],
  batchSizes: [8, 64, 512],
  sizes: [2000, 60_000],
  epochs: 4,
  rounds: 3,
  maxSampleSeconds: 0.1,
  budgetSeconds: 480,
};
/** A program that is predicted to take so many times the fastest is not trained: it is not the fastest. */
const HOPELESS = 2.5;
/** Processes for each program and question: their median is the truth. */
const TRUTHS = 4;
const NEAR = 0.1;
/** Fewer are a trial of the script: they do not go into the page. */
const QUESTIONS = 40;
/** Trials of a whole evaluation would mostly classify; the training is the same with fewer test examples. */
const TEST_EXAMPLES = 200;

const terminal = processTerminal();
const signal = new AbortController().signal;

const data = async (): Promise<ResolvedData> => {
  const found = await loadData({ data: undefined, synthetic: false }, terminal);
  return { ...found, test: firstExamples(found.test, TEST_EXAMPLES) };
};

const folder = given.run === undefined
  ? await measureGrid()
  : await findRunFolder(given.run, given.out);
const { run, trials } = readRun(folder);
/** What every question's programs took, beside the grid: the score can be reckoned again from both. */
const TRUTHS_FILE = join(folder, "truths.jsonl");
const known = given.again ? readTruths() : [];
const truths: Truth[] = [];
const prepared = await prepareSweep(await setupOfPlan(run.plan, data, signal), signal);
try {
  const lines = [];
  const random = randomFrom(1, "questions of the score");
  for (let q = 1; q <= Number(given.questions); q++) {
    const question = drawQuestion(random);
    const measured = measuredPrograms([{ name: basename(folder), run, trials }], question);
    const predictions = predictionsOf(measured, question);
    const tried = predictions.filter(({ totalNs }) =>
      totalNs.value <= HOPELESS * predictions[0].totalNs.value
    );
    const truth = known[q - 1] ?? await truthsOf(question, tried);
    truths.push(truth);
    const line = score(question, predictions, mediansOf(truth));
    if (line === undefined) continue;
    lines.push(line);
    terminal.note(`${q}: ${line.text}`);
  }
  const table = tableOf(lines);
  terminal.out(table);
  if (!given.again) {
    await writeFileAtomic(TRUTHS_FILE, truths.map((one) => `${JSON.stringify(one)}\n`).join(""));
  }
  if (lines.length >= QUESTIONS) {
    const page = fileURLToPath(new URL("../docs/METHODOLOGY.md", import.meta.url));
    await writeFileAtomic(page, splice(readFileSync(page, "utf8"), "choose score", table));
  }
  const near = lines.filter((line) => line.loss <= 1 + NEAR).length;
  const covered = lines.filter((line) => line.isCovered).length;
  process.exitCode = near >= 0.9 * lines.length && covered >= 0.8 * lines.length ? 0 : 1;
} finally {
  await prepared.close();
}

/** Off the grid in m, B and layers, but between its ends. */
function drawQuestion(random: Random): Question {
  const between = (low: number, high: number) => Math.round(low * (high / low) ** random.uniform());
  const hidden = [between(18, 150), ...(random.uniform() < 0.5 ? [] : [between(16, 40)])];
  return {
    examples: between(2000, 60_000),
    batchSize: between(9, 400),
    epochs: between(1, 20),
    layerSizes: [784, ...hidden, 10],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  };
}

async function measureGrid(): Promise<string> {
  const handle = await startRun([GRID], data, given.out, signal);
  await runSweep(handle, terminal);
  return handle.folder;
}

/** By program: ns from opening to the end of the last epoch, in each fresh process. */
type Truth = Readonly<Record<string, readonly number[]>>;

async function truthsOf(
  question: Question,
  programs: readonly Prediction[] | readonly Omit<Prediction, "label">[],
): Promise<Truth> {
  const totals: Record<string, number[]> = {};
  for (let time = 1; time <= TRUTHS; time++) {
    const order = shuffle([...programs], randomFrom(time, JSON.stringify(question)));
    for (const program of order) {
      const ns = await trainOnce(question, program, prepared);
      if (ns !== undefined) (totals[programKey(program)] ??= []).push(ns);
    }
  }
  return totals;
}

function readTruths(): Truth[] {
  return readFileSync(TRUTHS_FILE, "utf8").trim().split("\n").map((line) => JSON.parse(line));
}

function mediansOf(truth: Truth): Map<string, number> {
  return new Map(Object.entries(truth).map(([key, all]) => [key, median(all)]));
}

async function trainOnce(
  { epochs, ...question }: Question,
  { implementation, runtime, threads }: Program,
  prepared: PreparedSweep,
): Promise<number | undefined> {
  const like = prepared.cells.find((cell) => cell.implementation === implementation)!;
  const cell: Cell = { ...like, ...question, implementation, runtime, threads };
  // An evaluation between two epochs would cool caches and send threads to sleep.
  const training = { epochs, unevaluated: true } as const;
  const record = await runTrial(prepared.trial(cell, 1, 60e9, { training }));
  const trained = record?.training?.epochs ?? [];
  const openNs = record?.durations?.openNs;
  if (openNs === undefined || trained.length < epochs) return undefined;
  return trained.reduce((sum, { trainNs }) => sum + trainNs, openNs);
}

interface Line {
  readonly text: string;
  /** Time of the chosen program over that of the truly fastest. */
  readonly loss: number;
  readonly isCovered: boolean;
  /** How many programs were trained, and how many of them lie within their intervals. */
  readonly all: readonly [within: number, of: number];
  /** Truth / prediction of the chosen one. */
  readonly error: number;
  readonly width: number;
}

function score(
  question: Question,
  predictions: readonly Omit<Prediction, "label">[],
  truths: ReadonlyMap<string, number>,
): Line | undefined {
  const known = predictions.flatMap((one) => {
    const truth = truths.get(programKey(one));
    return truth === undefined ? [] : [{ ...one, truth }];
  });
  if (known.length === 0) return undefined;
  const [chosen] = known;
  const fastest = known.reduce((a, b) => b.truth < a.truth ? b : a);
  const isWithin = ({ totalNs, truth }: typeof chosen) =>
    totalNs.low <= truth && truth <= totalNs.high;
  const loss = chosen.truth / fastest.truth;
  const { examples, batchSize, layerSizes, epochs } = question;
  return {
    text: `m = ${examples}, B = ${batchSize}, ${layerSizes.join("-")}, E = ${epochs}: ` +
      `${chosen.implementation} predicted ${formatDuration(chosen.totalNs.value)}, took ` +
      `${formatDuration(chosen.truth)}${isWithin(chosen) ? "" : " (outside)"}; fastest ` +
      `${fastest.implementation} (${formatRatio(loss)})`,
    loss,
    isCovered: isWithin(chosen),
    all: [known.filter(isWithin).length, known.length],
    error: chosen.truth / chosen.totalNs.value,
    width: chosen.totalNs.high / chosen.totalNs.low,
  };
}

function tableOf(lines: readonly Line[]): string {
  const near = lines.filter(({ loss }) => loss <= 1 + NEAR).length;
  const covered = lines.filter(({ isCovered }) => isCovered).length;
  const [within, of] = [0, 1].map((k) => lines.reduce((sum, { all }) => sum + all[k], 0));
  const errors = lines.map(({ error }) => Math.abs(Math.log(error)));
  const rows = [
    ["questions", lines.length],
    ["chosen within 10 % of the truly fastest", near],
    ["its time within the 90 % interval", covered],
    ["times of all programs within theirs", `${within} of ${of}`],
    ["slowdown by the choice, greatest", formatRatio(Math.max(...lines.map(({ loss }) => loss)))],
    ["error of the predicted time, median", formatPercent(Math.expm1(median(errors)), 1)],
    [
      "upper / lower end of the interval, median",
      formatRatio(median(lines.map(({ width }) => width))),
    ],
  ];
  return ["| what | figure |", "| --- | ---: |", ...rows.map((row) => `| ${row.join(" | ")} |`)]
    .join("\n");
}
