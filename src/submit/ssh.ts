import { SLOPE_VERSION } from "../base/version.ts";
import { shellLine, shellWord } from "./quote.ts";
import {
  benchWords,
  mergeWords,
  type ScriptFile,
  type Submission,
  SUBMIT_SCRIPT,
} from "./submission.ts";
import { limitText } from "./time_limit.ts";

export interface SshOptions {
  /** Absolute path of a file with a host on each line, as GNU parallel reads it. */
  readonly hosts: string;
}

const COMMANDS = "shards.txt";

/** A command for each shard, and the script that lets GNU parallel run one at a time on every host. */
export const sshFiles = (submission: Submission, options: SshOptions): ScriptFile[] => [
  { name: COMMANDS, text: commands(submission) },
  { name: SUBMIT_SCRIPT, text: submitScript(submission, options), isExecutable: true },
];

/** Whole commands: of these, GNU parallel replaces nothing. */
function commands({ folder, command, shards, ...submission }: Submission): string {
  const bench = shellLine([...command, ...benchWords(submission)]);
  return Array.from(
    { length: shards },
    (_, i) => `cd ${shellWord(folder)} && ${bench} --shard ${i + 1}/${shards}\n`,
  ).join("");
}

function submitScript(submission: Submission, { hosts }: SshOptions): string {
  const { planPath, shards, folder, command, out, limit } = submission;
  return `#!/bin/sh
# Slope ${SLOPE_VERSION}: ${planPath} in ${shards} shards, one at a time on every host, then the merge.
# The hosts see this folder under the same path. A shard that starts again goes on where it stopped.
# It ends with code 1 if a shard or the merge did not end well.
cd -- "$(dirname -- "$0")" || exit 2
trap 'exit 130' INT TERM
failed=0

# --retries: a shard whose host fails goes to another one.
# --timeout: ${limitText(limit)}.
parallel --sshloginfile ${shellWord(hosts)} --jobs 1 --retries 3 \\
  --timeout ${limit.seconds} --joblog shards.log --line-buffer --tagstring 'shard {#}' \\
  < ${COMMANDS} || {
  echo "some shards did not end well: shards.log names them" >&2
  failed=1
}

cd ${shellWord(folder)} || exit 2
${shellLine([...command, ...mergeWords(out)])} || failed=1
exit "$failed"
`;
}
