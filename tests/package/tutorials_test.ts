/** Runs the tutorials as a reader does: every file that they show, every command, in a project with the package. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { PROJECT } from "../support/cli.ts";
import { ended, inProject, NEEDS_PACKAGE, userVariables } from "../support/installed.ts";
import { mnistDirectory, skipWithoutMnist } from "../support/mnist.ts";
import { PYTHON } from "../support/python.ts";
import { skipFor } from "../support/skips.ts";

interface Block {
  /** What a comment right before it says. */
  readonly note: string;
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(PROJECT, "docs", "tutorials", page), "utf8");
  const fences = /(?:^<!-- (.*) -->\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fences)].map(([, note = "", language, text]) => ({
    note,
    language,
    text,
  }));
}

const DATA = mnistDirectory();
const HAS_PYTEST = PYTHON !== undefined &&
  (await ended(PYTHON, ["-m", "pytest", "--version"])).code === 0;
if (!HAS_PYTEST) console.error("skipped: the tutorial's test with pytest, which is not installed");

const isRun = (command: string): boolean =>
  !command.startsWith("npm install") && (HAS_PYTEST || !command.includes("pytest"));

/** Does what the blocks say, one after the other. */
async function follow(blocks: readonly Block[], folder: string): Promise<void> {
  const env = {
    ...userVariables({ SLOPE_DATA: DATA! }),
    ...PYTHON !== undefined && { SLOPE_PYTHON: PYTHON },
    ...GIT,
  };
  let said = "";
  for (const { note, language, text } of blocks) {
    if (language === "sh") {
      const wanted = /(?:^|, )exit (.*)$/.exec(note)?.[1].split(" or ").map(Number) ?? [0];
      const isProposal = note.startsWith("in the clone of a pull request");
      if (isProposal) await propose(folder, env);
      const commands = text.replaceAll(/\\\n\s*/g, "").trim().split("\n");
      said = "";
      for (const command of commands.filter(isRun)) {
        const line = command.replace(/^python3 /, `${PYTHON} `);
        const { code, all } = await ended("sh", ["-c", line], { cwd: folder, env });
        said += all;
        assert.ok(wanted.includes(code!), `${command}: exit code ${code}\n${all}`);
      }
      if (isProposal) {
        const path = join(folder, "results", "latest", "run.json");
        const { against } = JSON.parse(readFileSync(path, "utf8")).plan;
        const { all: head } = await ended("git", ["rev-parse", "HEAD"], { cwd: folder, env });
        assert.equal(against.ref, "origin/main");
        assert.notEqual(against.gitCommit, head.trim());
        assert.doesNotMatch(said, /is the same in origin\/main/, "both versions were measured");
      }
    } else if (note === "figures differ") {
      continue;
    } else if (language === "text") {
      const heard = new Set(said.split("\n").map(withoutFigures));
      const missing = text.trim().split("\n").map(withoutFigures)
        .filter((line) => line !== "" && !heard.has(line));
      assert.deepEqual(missing, [], said);
    } else if (language === "diff") {
      const lines = (mark: string) =>
        text.split("\n").filter((line) => line.startsWith(mark)).map((line) => line.slice(1))
          .join("\n");
      change(join(folder, "my_gradient.ts"), (whole) => {
        assert.ok(whole.includes(lines("-")), lines("-"));
        return whole.replace(lines("-"), () => lines("+"));
      });
    } else if (note !== "") {
      const [, file, from] = /^in (\S+), from "(.*)" on$/.exec(note)!;
      change(join(folder, file), (whole) => {
        assert.ok(whole.includes(from), from);
        return whole.slice(0, whole.indexOf(from)) + text;
      });
    } else {
      const [, file] = /^(?:#|\/\/) (\S+)\n/.exec(text)!;
      writeFileSync(join(folder, file), text);
    }
  }
}

/** Commits what was changed on a branch, and `main`, without it, to a remote: what a checkout of CI has. */
async function propose(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const origin = join(folder, ".git", "origin.git");
  for (
    const words of [
      ["init", "--quiet", "--bare", origin],
      ["remote", "add", "origin", origin],
      ["push", "--quiet", "origin", "main"],
      ["checkout", "--quiet", "-b", "proposal"],
      ["commit", "--quiet", "--all", "--message", "Activations twice"],
    ]
  ) {
    const { code, all } = await ended("git", words, { cwd: folder, env });
    assert.equal(code, 0, all);
  }
}

const change = (path: string, how: (whole: string) => string): void =>
  writeFileSync(path, how(readFileSync(path, "utf8")));

/** Figures differ from machine to machine, and units of times and the widths of columns with them. */
const withoutFigures = (line: string): string =>
  line.replaceAll(/\d[\d.,]*/g, "#").replaceAll(/# (?:ns|µs|ms|s)\b/g, "# s")
    .replaceAll(/\s+/g, " ").trim();

const GIT = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b.c",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b.c",
};

const OPTIONS = {
  ...NEEDS_PACKAGE,
  ...process.platform === "win32" && {
    skip: skipFor("the tutorials' commands are for a POSIX shell"),
  },
  ...skipWithoutMnist && { skip: skipWithoutMnist },
};

for (const page of ["does-not-learn.md", "choose.md", "keep-fast.md"]) {
  test(`the commands of the tutorial ${page} do what it says`, OPTIONS, async (context) => {
    if (page === "does-not-learn.md" && PYTHON === undefined) {
      return context.skip(skipFor("no Python with NumPy"));
    }
    await inProject({}, (folder) => follow(blocksOf(page), folder));
  });
}
