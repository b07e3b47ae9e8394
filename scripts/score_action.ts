/**
 * Whether the action finds a regression, by real pull requests: repositories with a plug-in and a commit that adds 10 % of
 * work to it, and others with a commit that adds none. The action's step measures each as a runner would. Let nothing
 * else run meanwhile. Run: deno task score:action --help
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Summary } from "../src/format/summary.ts";
import { formatFixed } from "../src/report/numbers.ts";
import { ratioText } from "../src/report/comparison_words.ts";

const STEP = fileURLToPath(new URL("../action/measure.ts", import.meta.url));

const USAGE =
  `Usage: deno task score:action [--slower 10] [--same 20] [--rounds 16] [--runtime node]
  --slower  pull requests with 10 % more work
  --same    pull requests without
Ends with 1 where fewer than 9 of 10 are found, or any of the others is called slower.`;

const { values: given } = parseArgs({
  options: {
    slower: { type: "string", default: "10" },
    same: { type: "string", default: "20" },
    rounds: { type: "string", default: "16" },
    runtime: { type: "string", default: "node" },
    help: { type: "boolean", default: false },
  },
});
const [slower, same] = [Number(given.slower), Number(given.same)];
if (given.help || !Number.isInteger(slower) || !Number.isInteger(same)) {
  console.log(USAGE);
  process.exit(given.help ? 0 : 2);
}

/**
 * One layer in flat arrays. Of every `EVERY` examples one is computed twice, the first time for nothing: with 10, a step
 * takes 10 % more time. Both versions of a pull request have all of the code, so that nothing but the work differs.
 */
const plugin = (every: string, remark: string) =>
  `// ${remark}
const EVERY = ${every};

export default {
  name: "mine",
  summary: "one layer",
  precision: "float64",
  prepare({ network, dataset }) {
    const [D, C] = network.layerSizes;
    const { pixels, labels } = dataset;
    const unused = new Float64Array(C * D + C);
    const add = (parameters, n, share, gradient) => {
      let loss = 0;
      for (let c = 0; c < C; c++) {
        let z = parameters[C * D + c];
        for (let d = 0; d < D; d++) z += parameters[c * D + d] * (pixels[n * D + d] / 255);
        const a = 1 / (1 + Math.exp(-z));
        const error = a - (labels[n] === c ? 1 : 0);
        const delta = error * a * (1 - a) * share;
        loss += 0.5 * error * error * share;
        gradient[C * D + c] += delta;
        for (let d = 0; d < D; d++) gradient[c * D + d] += delta * (pixels[n * D + d] / 255);
      }
      return loss;
    };
    let examples = 0;
    return (parameters, batch, gradient) => {
      gradient.fill(0);
      let loss = 0;
      for (const n of batch) {
        examples++;
        if (examples % EVERY === 0) add(parameters, n, 1 / batch.length, unused);
        loss += add(parameters, n, 1 / batch.length, gradient);
      }
      return loss;
    };
  },
};
`;

const OPTIONS = "--layers 784,10 --sizes 500 --epochs 1 --max-sample 100ms --synthetic";

interface Judged {
  readonly verdict: string;
  readonly text: string;
}

/** Makes a repository with a pull request in `folder` and measures it. */
function measured(folder: string, every: string): Judged {
  const repository = join(folder, "repository");
  mkdirSync(repository);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" }).trim();
  const commit = (text: string) => {
    writeFileSync(join(repository, "mine.ts"), text);
    git("add", "--all");
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "a");
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch", "main");
  const sha = commit(plugin("Infinity", "as it was"));
  commit(plugin(every, "as proposed"));
  const event = join(folder, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { base: { sha } } }));
  const output = join(folder, "output");
  const { status, stderr, stdout } = spawnSync("node", [STEP], {
    encoding: "utf8",
    env: {
      ...process.env,
      GITHUB_WORKSPACE: repository,
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_EVENT_PATH: event,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
      RUNNER_TEMP: folder,
      SLOPE_PLUGINS: "mine.ts",
      SLOPE_OPTIONS: OPTIONS,
      SLOPE_ROUNDS: given.rounds,
      SLOPE_RUNTIME: given.runtime,
    },
  });
  if (status !== 0) throw new Error(`The step ended with code ${status}:\n${stdout}${stderr}`);
  const outputs = readFileSync(output, "utf8");
  const valueOf = (name: string) =>
    new RegExp(`^${name}<<(\\S+)\\n([^]*?)\\n\\1$`, "m").exec(outputs)![2];
  const summary = Summary.parse(
    JSON.parse(readFileSync(join(valueOf("run"), "summary.json"), "utf8")),
  );
  const [cell] = summary.against?.cells ?? [];
  return {
    verdict: valueOf("verdict"),
    text: cell === undefined ? "not compared" : ratioText(cell) +
      `, threshold ${formatFixed(100 * summary.against!.thresholdInForce, 1)} %`,
  };
}

function score(what: string, count: number, every: string): number {
  let called = 0;
  for (let i = 1; i <= count; i++) {
    const folder = mkdtempSync(join(tmpdir(), "slope-action-"));
    try {
      const began = performance.now();
      const { verdict, text } = measured(folder, every);
      const seconds = formatFixed((performance.now() - began) / 1000, 0);
      console.log(`${what} ${i}/${count}: ${verdict}, ${text}, ${seconds} s`);
      if (verdict === "slower") called++;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return called;
}

const found = score("10 % more work", slower, "10");
const falseAlarms = score("the same work", same, "Infinity");
console.log(
  `${found} of ${slower} regressions of 10 % were found, and ${falseAlarms} of ${same} ` +
    "pull requests without one were called slower.",
);
process.exitCode = found < 0.9 * slower || falseAlarms > 0 ? 1 : 0;
