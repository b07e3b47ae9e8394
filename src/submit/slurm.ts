import { dirname } from "node:path";
import { SLOPE_VERSION } from "../base/version.ts";
import { shellLine, shellLines, shellWord } from "./quote.ts";
import {
  benchWords,
  mergeWords,
  type ScriptFile,
  type Submission,
  SUBMIT_SCRIPT,
} from "./submission.ts";
import { limitText, slurmTime } from "./time_limit.ts";

/** What Slurm is told beside what every scheduler is. The texts of directives have passed a check: they are words. */
export interface SlurmOptions {
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** A feature that all nodes have in common, such as their processor. */
  readonly constraint?: string | undefined;
  readonly modules: readonly string[];
  /** The container's image: a file or an address. */
  readonly image?: string | undefined;
  /** What a container sees beside the plan and the results: absolute paths. */
  readonly binds: readonly string[];
  /** Cores of a shard; absent: all of the node. */
  readonly cpus?: number | undefined;
  /** In MiB; absent: all of the node. */
  readonly memoryMi?: number | undefined;
}

const [SHARDS, MERGE] = ["shards.sh", "merge.sh"];
/** A merge takes seconds; what is short starts early in a queue. */
const MERGE_SECONDS = 1800;

/** An array job with a task for each shard, the job that merges them, and the script that submits both. */
export const slurmFiles = (submission: Submission, options: SlurmOptions): ScriptFile[] => [
  { name: SHARDS, text: joined(arrayLines(submission, options)) },
  { name: MERGE, text: joined(mergeLines(submission, options)) },
  { name: SUBMIT_SCRIPT, text: SUBMIT, isExecutable: true },
];

/** `module` is a function of the shells that read a profile: `sh` may be one that has none. */
const shebang = ({ modules }: SlurmOptions): string =>
  modules.length === 0 ? "#!/bin/sh" : "#!/bin/bash -l";

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

function arrayLines(submission: Submission, options: SlurmOptions): string[] {
  const { name, shards, planPath, limit } = submission;
  const { cpus, memoryMi } = options;
  return [
    shebang(options),
    `# Slope ${SLOPE_VERSION}: ${planPath} in ${shards} shards, an array task for each.`,
    `# ${SUBMIT_SCRIPT} submits this and ${MERGE}. A single shard: sbatch --array=1 ${SHARDS}`,
    "# A shard that starts again goes on where it stopped: tasks may be killed, preempted and requeued.",
    "",
    `#SBATCH --job-name=${name}`,
    `#SBATCH --array=1-${shards}`,
    "#SBATCH --output=shard-%a.log",
    "#SBATCH --open-mode=append",
    "#SBATCH --requeue",
    `# The time limit of a shard: ${limitText(limit)}.`,
    `#SBATCH --time=${slurmTime(limit.seconds)}`,
    ...placeLines(options),
    "",
    "# A node for each shard, which nobody else uses meanwhile. Its CPUs are counted as cores, not as threads of them.",
    "#SBATCH --nodes=1",
    "#SBATCH --ntasks=1",
    "#SBATCH --exclusive",
    "#SBATCH --threads-per-core=1",
    ...cpus === undefined ? [] : [`#SBATCH --cpus-per-task=${cpus}`],
    memoryMi === undefined ? "#SBATCH --mem=0" : `#SBATCH --mem=${memoryMi}M`,
    "",
    ...startLines(submission, options),
    "",
    "# A program of several MPI ranks starts them on this node itself, on the same cores as Slope.",
    "export HYDRA_LAUNCHER=fork OMPI_MCA_ras=^slurm",
    "",
    `exec srun --ntasks=1 --cpus-per-task=${
      cpus ?? '"$SLURM_CPUS_ON_NODE"'
    } --cpu-bind=cores --overlap \\`,
    `  ${slopeText(submission, options)} ${shellLines(benchWords(submission))} \\`,
    `  --shard "$SLURM_ARRAY_TASK_ID/${shards}"`,
  ];
}

function mergeLines(submission: Submission, options: SlurmOptions): string[] {
  const { name, out } = submission;
  return [
    shebang(options),
    `# Slope ${SLOPE_VERSION}: merges the shards in ${out}, complete or not, into one run.`,
    "",
    `#SBATCH --job-name=${name}-merge`,
    "#SBATCH --output=merge.log",
    "#SBATCH --open-mode=append",
    `#SBATCH --time=${slurmTime(MERGE_SECONDS)}`,
    ...placeLines({ ...options, constraint: undefined }), // any node can merge
    "#SBATCH --nodes=1",
    "#SBATCH --ntasks=1",
    "",
    ...startLines(submission, options),
    "",
    `exec ${slopeText(submission, options)} ${shellLines(mergeWords(out))}`,
  ];
}

/** Where jobs may run, and who pays for them. */
const placeLines = ({ partition, account, constraint }: Partial<SlurmOptions>): string[] =>
  Object.entries({ partition, account, constraint })
    .flatMap(([option, value]) => value === undefined ? [] : [`#SBATCH --${option}=${value}`]);

/** What a job does before Slope starts. */
const startLines = ({ folder }: Submission, { modules, image }: SlurmOptions): string[] => [
  ...modules.map((one) => `module load ${shellWord(one)} || exit 2`),
  ...image === undefined ? [] : [
    "# Apptainer, which was called Singularity before.",
    "container=$(command -v apptainer || command -v singularity) || {",
    '  echo "neither apptainer nor singularity is on PATH" >&2',
    "  exit 2",
    "}",
  ],
  `cd ${shellWord(folder)} || exit 2`,
];

/** What starts Slope: its own words, in a container where there is an image. */
function slopeText(
  { command, planPath, out }: Submission,
  { image, binds }: SlurmOptions,
): string {
  if (image === undefined) return shellLine(command);
  const seen = [...new Set([dirname(planPath), out, ...binds])];
  const words = ["exec", ...seen.flatMap((path) => ["--bind", path]), image, ...command];
  return `"$container" ${shellLine(words)}`;
}

const SUBMIT = `#!/bin/sh
# Submits the shards, and the job that merges them when all have ended, however they ended.
set -eu
cd -- "$(dirname -- "$0")"
shards=$(sbatch --parsable ${SHARDS})
shards=\${shards%%;*}
echo "shards: job $shards"
merge=$(sbatch --parsable --dependency="afterany:$shards" ${MERGE})
echo "merge: job \${merge%%;*}"
`;
