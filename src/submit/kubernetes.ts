import { basename, posix } from "node:path";
import { SLOPE_VERSION } from "../base/version.ts";
import type { PlanInput } from "../format/plan.ts";
import { containerArgument, shellWord, yamlBlock, yamlText } from "./quote.ts";
import {
  benchWords,
  mergedIn,
  mergeWords,
  type ScriptFile,
  type Submission,
  SUBMIT_SCRIPT,
} from "./submission.ts";
import { limitText } from "./time_limit.ts";

export interface KubernetesOptions {
  /** The container image, as a node finds it. */
  readonly image: string;
  /** The PersistentVolumeClaim that gets the results. */
  readonly claim: string;
  /** A label that all nodes have in common, such as their processor, as key and value. */
  readonly nodeLabel?: readonly [key: string, value: string] | undefined;
  readonly cpus: number;
  /** In MiB. */
  readonly memoryMi: number;
}

/** The folder of the merged run on the claim. */
export const mergedOnClaim = (out: string): string => mergedIn(basename(out));

/** Where a pod sees the claim and the plan. */
const [RESULTS, PLAN] = ["/results", "/plan"];
const PLAN_FILE = "plan.json";
/** The user of the image, who is not root; Containerfile names the same number. */
export const USER = 10001;
const MERGE_SECONDS = 1800;

const [SHARDS, MERGE] = ["shards.yaml", "merge.yaml"];

/** The plan and an Indexed Job with a pod for each shard, a Job that merges them, and a script that creates both. */
export function kubernetesFiles(
  { planPath, out, ...submission }: Submission,
  options: KubernetesOptions,
): ScriptFile[] {
  const inPod = {
    ...submission,
    planPath: posix.join(PLAN, PLAN_FILE),
    out: posix.join(RESULTS, basename(out)),
  };
  return [
    {
      name: SHARDS,
      text:
        `# Slope ${SLOPE_VERSION}: ${planPath} in ${submission.shards} shards, a pod for each. ` +
        `${SUBMIT_SCRIPT} creates this and ${MERGE}.
${planMap(submission.name, submission.plan)}---
${shardsJob(inPod, options)}`,
    },
    { name: MERGE, text: mergeJob(inPod, options) },
    { name: SUBMIT_SCRIPT, text: submitScript(submission.name), isExecutable: true },
  ];
}

const planMap = (name: string, plan: PlanInput): string =>
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${yamlText(`${name}-plan`)}
data:
  ${PLAN_FILE}: |
${yamlBlock(plan, "    ")}
`;

const labels = (name: string, indent: string): string =>
  [`app.kubernetes.io/name: slope`, `app.kubernetes.io/instance: ${yamlText(name)}`]
    .map((line) => indent + line).join("\n");

function shardsJob(submission: Submission, options: KubernetesOptions): string {
  const { name, shards, limit } = submission;
  const { nodeLabel } = options;
  const words = [...submission.command, ...benchWords(submission), "--shard", `auto/${shards}`];
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${yamlText(name)}
  labels:
${labels(name, "    ")}
spec:
  # Pod i, from 0 on, measures shard i + 1: the Job sets JOB_COMPLETION_INDEX, which \`--shard auto\` reads.
  completionMode: Indexed
  completions: ${shards}
  parallelism: ${shards}
  # Each shard has its own tries, so that one bad node does not end the others. What was measured is kept.
  backoffLimitPerIndex: 3
  # A pod is replaced when it has ended, so that no two write one shard.
  podReplacementPolicy: Failed
  podFailurePolicy:
    rules:
      # Drained nodes and preempted pods are no failures of the shard.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      # 1: a program failed, 2: the plan cannot be used here. Another try would end alike.
      - action: FailIndex
        onExitCodes:
          containerName: slope
          operator: In
          values: [1, 2]
  template:
    metadata:
      labels:
${labels(name, "        ")}
    spec:
      restartPolicy: Never
      # The limit of a shard: ${limitText(limit)}.
      activeDeadlineSeconds: ${limit.seconds}
${
    nodeSelector(nodeLabel)
  }      # A node for each shard: two on one node would disturb each other's times.
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector:
                matchLabels:
                  app.kubernetes.io/name: slope
${
    podRest(
      options,
      words,
      `
        - name: plan
          configMap:
            name: ${yamlText(`${name}-plan`)}`,
      `
            - name: plan
              mountPath: ${PLAN}
              readOnly: true`,
    )
  }`;
}

function mergeJob(submission: Submission, options: KubernetesOptions): string {
  const { name, out, command } = submission;
  return `# Slope ${SLOPE_VERSION}: merges the shards, complete or not, into one run.
apiVersion: batch/v1
kind: Job
metadata:
  name: ${yamlText(`${name}-merge`)}
  labels:
${labels(`${name}-merge`, "    ")}
spec:
  # 1: trials failed, which another try would not change.
  backoffLimit: 0
  template:
    metadata:
      labels:
        app.kubernetes.io/name: slope-merge
        app.kubernetes.io/instance: ${yamlText(`${name}-merge`)}
    spec:
      restartPolicy: Never
      activeDeadlineSeconds: ${MERGE_SECONDS}
${podRest(options, [...command, ...mergeWords(out)])}`;
}

const nodeSelector = (label: readonly [string, string] | undefined): string =>
  label === undefined ? "" : `      # Rounds may be shared among nodes of one kind.
      nodeSelector:
        ${yamlText(label[0])}: ${yamlText(label[1])}
`;

/** What the pods of both Jobs have in common: \`volumes\` and \`mounts\` are lines to add. */
function podRest(
  { image, claim, cpus, memoryMi }: KubernetesOptions,
  words: readonly string[],
  volumes = "",
  mounts = "",
): string {
  const [command, ...args] = words;
  return `      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: ${USER}
        runAsGroup: ${USER}
        fsGroup: ${USER}
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: slope
          image: ${yamlText(image)}
          imagePullPolicy: IfNotPresent
          command: [${containerArgument(command)}]
          args:
${args.map((word) => `            - ${containerArgument(word)}`).join("\n")}
          # Limits equal to requests: quality of service Guaranteed. Whole CPUs are then the pod's alone on nodes whose
          # kubelet has \`cpuManagerPolicy: static\`; without it, other pods share them and the times show it.
          resources:
            requests:
              cpu: "${cpus}"
              memory: ${memoryMi}Mi
            limits:
              cpu: "${cpus}"
              memory: ${memoryMi}Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: results
              mountPath: ${RESULTS}
            - name: temporary
              mountPath: /tmp${mounts}
      volumes:
        # All pods write here: a claim of access mode ReadWriteMany.
        - name: results
          persistentVolumeClaim:
            claimName: ${yamlText(claim)}
        - name: temporary
          emptyDir: {}${volumes}
`;
}

/** How often a Job is asked for, and how many times in a row in vain: a control plane may be away for some minutes. */
const [ASK_SECONDS, MOST_SILENT] = [5, 60];

const submitScript = (name: string): string =>
  `#!/bin/sh
# Creates the Job of the shards, waits until it has ended, however it ended, and creates the Job that merges them.
# It ends with code 1 if one of them did not end well. A sweep whose folder has the same name shares the names of the Jobs
# and the folder on the claim. To run this again, first remove both Jobs; what was measured stays on the claim:
#   kubectl delete --ignore-not-found --filename ${SHARDS} --filename ${MERGE}
set -eu
cd -- "$(dirname -- "$0")"
failed=0

# Waits until a Job has ended, and returns 1 unless it is complete. Ends the script if kubectl knows nothing of it any more.
is_complete() {
  silent=0
  while :; do
    if conditions=$(kubectl get job "$1" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}'); then
      silent=0
      case " $conditions " in
        *" Complete "*) return 0 ;;
        *" Failed "*)
          echo "job $1 did not end well: kubectl describe job $1" >&2
          return 1
          ;;
      esac
    else
      silent=$((silent + 1))
      if [ "$silent" -ge ${MOST_SILENT} ]; then
        echo "kubectl failed ${MOST_SILENT} times in a row to read job $1" >&2
        exit 1
      fi
    fi
    sleep ${ASK_SECONDS}
  done
}

kubectl create --filename ${SHARDS}
is_complete ${shellWord(name)} || failed=1
kubectl create --filename ${MERGE}
is_complete ${shellWord(`${name}-merge`)} || failed=1
kubectl logs ${shellWord(`job/${name}-merge`)}
exit "$failed"
`;
