import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { command, type InferValue, message, or } from "@optique/core";
import { InputError } from "../base/errors.ts";
import { ownProgram } from "../base/own_command.ts";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { splitPlace } from "../data/files/load_set.ts";
import { checkLine, checkName, checkPattern, checkPlan, required } from "../submit/checks.ts";
import { kubernetesFiles, mergedOnClaim } from "../submit/kubernetes.ts";
import { slurmFiles } from "../submit/slurm.ts";
import { sshFiles } from "../submit/ssh.ts";
import { mergedIn, type Submission, usualName } from "../submit/submission.ts";
import { timeLimit } from "../submit/time_limit.ts";
import { wordsOf } from "../trial/program/kinds.ts";
import { BRIEFS } from "./briefs.ts";
import { fromHere } from "./configuration.ts";
import { plainAction } from "./options.ts";
import { readPlan } from "./plan_options.ts";
import { type Prepared, submit } from "./submit_files.ts";
import {
  kubernetesOptions,
  slurmOptions,
  sshOptions,
  type SubmitOptions,
} from "./submit_options.ts";

export const submitCommand = command(
  "submit",
  or(
    plainAction(
      "slurm",
      slurmOptions,
      { brief: message`An array job, and the job that merges its shards.` },
      (given, terminal, signal) => submit(given, forSlurm(given), terminal, signal),
    ),
    plainAction(
      "kubernetes",
      kubernetesOptions,
      { brief: message`An Indexed Job, and the Job that merges its shards.` },
      (given, terminal, signal) => submit(given, forKubernetes(given), terminal, signal),
    ),
    plainAction(
      "ssh",
      sshOptions,
      { brief: message`A command for each shard, which GNU parallel runs on a list of hosts.` },
      (given, terminal, signal) => submit(given, forSsh(given), terminal, signal),
    ),
  ),
  {
    brief: BRIEFS.submit,
    description:
      message`Writes what the scheduler needs into DIR/slurm, DIR/kubernetes or DIR/ssh, as text to read and to change. It never overwrites a file.`,
  },
);

function forSlurm(given: InferValue<typeof slurmOptions>): Prepared {
  const { partition, account, constraint, modules, image, cpus, memory: memoryMi } = given;
  for (const [name, value] of Object.entries({ partition, account })) {
    if (value !== undefined) {
      checkPattern(value, `--${name}`, /^\w[\w.,@+-]*$/, "a name of letters, digits and .,@+-");
    }
  }
  if (constraint !== undefined) {
    checkPattern(
      constraint,
      "--constraint",
      /^[\w[(][\w|&*,:.()[\]-]*$/,
      "features without spaces",
    );
  }
  modules.forEach((one) =>
    checkPattern(one, "--module", /^\w[\w./:+@=~-]*$/, "the name of a module")
  );
  const submission = submissionOf(given, image === undefined ? undefined : "here");
  const data = given.data === undefined ? undefined : dataHere(given.data);
  const binds = data === undefined ? [] : [data];
  if (image !== undefined) {
    if (given.data === undefined && !given.synthetic) {
      throw new InputError(
        "Cannot submit with --image: a container does not see the data in your cache, and no other data are named",
        "add --data DIR, with the folder that `slope data get` prints, or --synthetic",
      );
    }
    checkLine(image, "--image");
    checkPattern(image, "--image", /^[^-]/, "a file or the address of an image");
    for (const path of [submission.planPath, submission.out, ...binds]) {
      checkPattern(path, "the path", /^[^:,]+$/, "a path that a container can bind: no : and no ,");
    }
  }
  return {
    scheduler: "slurm",
    tool: "sbatch",
    files: slurmFiles(submission, {
      ...{ partition, account, constraint, modules, cpus, memoryMi, binds },
      image: image !== undefined && existsSync(image) ? resolve(image) : image,
    }),
    merged: `when the queue is empty: ${fromHere(mergedIn(submission.out))}`,
    failed: "correct the scripts beside it if they do not fit Slurm here, and run it again",
    interrupted: "jobs that were submitted go on: `squeue --me` lists them, `scancel` ends one",
  };
}

function forKubernetes(given: InferValue<typeof kubernetesOptions>): Prepared {
  const image = required(
    given.image,
    "--image",
    "which image the pods run",
    "registry.example/slope-bench",
  );
  const claim = required(given.claim, "--claim", "which claim gets the results", "results");
  checkPattern(image, "--image", /^[\w.:/@-]+$/, "the name of an image");
  checkPattern(claim, "--claim", /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, "the name of a claim");
  const submission = submissionOf(given, "elsewhere");
  return {
    scheduler: "kubernetes",
    tool: "kubectl",
    files: kubernetesFiles(submission, {
      image,
      claim,
      nodeLabel: given.constraint === undefined ? undefined : labelOf(given.constraint),
      cpus: given.cpus ?? 2,
      memoryMi: given.memory ?? 4096,
    }),
    merged: `on the claim, in ${mergedOnClaim(submission.out)}`,
    failed:
      "correct what it names; `submit.sh` says at its top what to remove before it runs again",
    interrupted:
      "Jobs that were created go on, and nothing merges them: when that of the shards has " +
      "ended, `kubectl create --filename merge.yaml`; to end them, see the top of submit.sh",
  };
}

function labelOf(text: string): [key: string, value: string] {
  const match = /^([A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?)=([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)$/
    .exec(text);
  if (match) return [match[1], match[2]];
  throw new InputError(
    `Cannot use --constraint "${text}": expected a label of the nodes, as key=value`,
    "`kubectl get nodes --show-labels` lists them",
  );
}

function forSsh(given: InferValue<typeof sshOptions>): Prepared {
  const hosts = resolve(required(given.hosts, "--hosts", "on which hosts to run", "hosts.txt"));
  checkLine(hosts, "--hosts");
  if (!existsSync(hosts)) {
    throw new InputError(
      `Cannot read hosts "${hosts}": there is no such file`,
      "write one with a host on each line, as user@host",
    );
  }
  const submission = submissionOf(given, undefined);
  return {
    scheduler: "ssh",
    tool: "parallel",
    files: sshFiles(submission, { hosts }),
    merged: fromHere(mergedIn(submission.out)),
    failed:
      "correct what it names, and give the same command again: shards go on where they stopped",
    interrupted: "the same command goes on with the shards where they stopped",
  };
}

/**
 * What all schedulers are told. `container`: Slope runs in one that sees paths of this machine, or only its own. Throws
 * InputError for what is missing or cannot stand in a script.
 */
function submissionOf(
  given: SubmitOptions,
  container: "here" | "elsewhere" | undefined,
): Submission {
  const planPath = resolve(required(given.plan, "--plan", "which plan to run", "plan.json"));
  const out = resolve(required(given.out, "--out", "where the shards go", "results/sweep"));
  const shards = required(given.shards, "--shards", "how many shards to make", "4");
  const folder = process.cwd();
  checkLine(planPath, "--plan");
  checkLine(out, "--out");
  checkLine(folder, "the working folder");
  const plan = readPlan(planPath);
  if (!statSync(planPath).isFile()) {
    throw new InputError(
      `Cannot use the plan ${planPath}: it is not a file that a node could read`,
      "write the plan to a file, in a folder that all nodes see",
    );
  }
  checkPlan(plan, { planPath, shards });
  const name = given.name ?? usualName(out);
  checkName(name);
  return {
    ...{ name, shards, planPath, plan, out, folder },
    command: commandWords(given.command, container !== undefined),
    data: dataWords(given, container === "elsewhere"),
    limit: timeLimit(plan, given.time),
  };
}

/** The words of `--command`, or those that started this process. */
function commandWords(given: string | undefined, isContainer: boolean): string[] {
  if (given === undefined) {
    if (isContainer) return ["slope"];
    if (IS_PACKAGE || CURRENT_RUNTIME.name !== "node") return ownProgram().split(" ");
    return ["node", join(slopeFolder(), "src", "main.ts")];
  }
  checkLine(given, "--command");
  const words = wordsOf(`cmd: ${given}`);
  if (words.length > 0 && !/^$|^-|=/.test(words[0])) return words;
  throw new InputError(
    `Cannot start Slope by --command "${given}": expected a program and its arguments`,
    "name the program first, as `slope`, `npx slope` or `env NAME=VALUE slope`",
  );
}

function dataWords(
  { data, synthetic }: Pick<SubmitOptions, "data" | "synthetic">,
  isElsewhere: boolean,
): string[] {
  if (synthetic && data !== undefined) {
    throw new InputError(
      "Cannot use --synthetic and --data at once: they name different data",
      "leave one of the two out",
    );
  }
  if (synthetic) return ["--synthetic"];
  if (data === undefined) return [];
  checkLine(data, "--data");
  const place = !isElsewhere && dataHere(data) !== undefined ? resolve(data) : data;
  checkPattern(place, "--data", /^[^-]/, "a folder, a file or a known set");
  return ["--data", place];
}

/**
 * The folder with data of this machine, as an absolute path, that holds what `--data` names: itself, or a file in it and
 * those that belong to the file. Undefined where there is none, as for the name of a set.
 */
function dataHere(data: string): string | undefined {
  const { path } = splitPlace(data);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isFile() ? dirname(resolve(path)) : resolve(path);
}
