import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Job } from "kubernetes-models/batch/v1/Job";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Pod } from "kubernetes-models/v1/Pod";
import { parse, parseAllDocuments } from "yaml";
import { PROJECT } from "../../tests/support/cli.ts";
import { ODD_SUBMISSION, textOf } from "../../tests/support/submissions.ts";
import { kubernetesFiles, type KubernetesOptions, USER } from "./kubernetes.ts";
import type { Submission } from "./submission.ts";

const OPTIONS: KubernetesOptions = {
  image: "registry.example/slope-bench:1",
  claim: "results",
  cpus: 2,
  memoryMi: 4096,
};
const IN_POD = { ...ODD_SUBMISSION, command: ["slope"] };

function manifests(submission: Submission = IN_POD, options: KubernetesOptions = OPTIONS) {
  const files = kubernetesFiles(submission, options);
  // Kubernetes reads YAML 1.1.
  const documents = parseAllDocuments(textOf(files, "shards.yaml"), { version: "1.1" });
  const [map, shards] = documents.map((one) => {
    assert.deepEqual(one.errors, []);
    return one.toJS();
  });
  assert.equal(documents.length, 2);
  return { map, shards, merge: parse(textOf(files, "merge.yaml"), { version: "1.1" }) };
}

test("the manifests are what the published schema of Kubernetes demands", () => {
  const { map, shards, merge } = manifests(IN_POD, { ...OPTIONS, nodeLabel: ["cpu", "1e3"] });
  new ConfigMap(map).validate();
  for (const job of [shards, merge]) {
    new Job(job).validate();
    assert.equal(job.apiVersion, "batch/v1");
    // The schema does not know which policies a Job takes.
    assert.equal(job.spec.template.spec.restartPolicy, "Never");
  }
  assert.throws(() => new Job({ ...shards, spec: { completions: "4" } } as never).validate());
});

test("the manifests on the page about clusters are valid, too, and fit those of the Jobs", () => {
  const page = readFileSync(join(PROJECT, "docs", "CLUSTER.md"), "utf8");
  const [claim, pod] = [...page.matchAll(/<<'END'\n(apiVersion: [^]*?\n)END\n/g)]
    .map(([, text]) => parse(text, { version: "1.1" }));
  new PersistentVolumeClaim(claim).validate();
  new Pod(pod).validate();
  assert.equal(pod.spec.volumes[0].persistentVolumeClaim.claimName, claim.metadata.name);
  const { shards } = manifests();
  const { volumeMounts } = shards.spec.template.spec.containers[0];
  assert.deepEqual(pod.spec.containers[0].volumeMounts, [volumeMounts[0]]);
});

test("a pod for each shard, which is told its number and how many there are", () => {
  const { map, shards, merge } = manifests();
  const { spec } = shards;
  assert.deepEqual([spec.completionMode, spec.completions, spec.parallelism], ["Indexed", 4, 4]);
  const [container] = spec.template.spec.containers;
  assert.deepEqual(container.command, ["slope"]);
  const out = "/results/it's #mine";
  assert.deepEqual(container.args, [
    ...["bench", "--config", "none", "--plan", "/plan/plan.json", "--out", out],
    ...[...ODD_SUBMISSION.data, "--shard", "auto/4"],
  ]);
  const [merger] = merge.spec.template.spec.containers;
  assert.deepEqual(merger.args, ["merge", out, "--out", `${out}/merged`]);
  assert.deepEqual(JSON.parse(map.data["plan.json"]), ODD_SUBMISSION.plan);
});

test("a bad node costs its shard a try, a drained one nothing, and a wrong program no second try", () => {
  const { spec } = manifests().shards;
  assert.equal(spec.backoffLimitPerIndex, 3);
  assert.equal(spec.podReplacementPolicy, "Failed");
  assert.deepEqual(
    spec.podFailurePolicy.rules.map((rule: { action: string }) => rule.action),
    ["Ignore", "FailIndex"],
  );
  assert.deepEqual(spec.podFailurePolicy.rules[1].onExitCodes.values, [1, 2]);
  assert.equal(spec.template.spec.activeDeadlineSeconds, 540);
});

test("a pod is not root, writes to its volumes only, and has its CPUs and its node to itself", () => {
  const { shards, merge } = manifests();
  for (const { spec: { template: { spec } } } of [shards, merge]) {
    assert.equal(spec.securityContext.runAsNonRoot, true);
    assert.equal(spec.securityContext.runAsUser, USER);
    assert.equal(spec.automountServiceAccountToken, false);
    const [{ securityContext, resources, volumeMounts }] = spec.containers;
    assert.deepEqual(securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.deepEqual(resources.limits, { cpu: "2", memory: "4096Mi" });
    assert.deepEqual(resources.requests, resources.limits);
    const mounts = volumeMounts.map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(mounts, spec.volumes.map(({ name }: { name: string }) => name).sort());
  }
  const { template } = shards.spec;
  const [term] = template.spec.affinity.podAntiAffinity
    .requiredDuringSchedulingIgnoredDuringExecution;
  assert.equal(term.topologyKey, "kubernetes.io/hostname");
  for (const [label, value] of Object.entries(term.labelSelector.matchLabels)) {
    assert.equal(template.metadata.labels[label], value, "pods keep away from their like");
  }
});

test("comments say what an administrator has to know", () => {
  const text = textOf(kubernetesFiles(IN_POD, OPTIONS), "shards.yaml");
  assert.match(text, /# .*cpuManagerPolicy: static/);
  assert.match(text, /# .*ReadWriteMany/);
  assert.match(text, /^# Slope .*it's \$\(mine\)\.json in 4 shards/);
});

test("the pods' user is the image's", () => {
  const image = readFileSync(join(PROJECT, "Containerfile"), "utf8");
  assert.match(image, new RegExp(`^USER ${USER}:${USER}$`, "m"));
});

test("one shard makes a Job too", () => {
  const { shards } = manifests({ ...IN_POD, shards: 1 });
  new Job(shards).validate();
  assert.equal(shards.spec.completions, 1);
});
