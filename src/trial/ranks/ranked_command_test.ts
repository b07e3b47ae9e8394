import assert from "node:assert/strict";
import test from "node:test";
import type { Launcher } from "./find_mpi.ts";
import { type Placing, rankedCommand, rankedEnvironment } from "./ranked_command.ts";

const LIBRARY = { family: "mpich", path: "/lib/libmpich.so.12" } as const;
const SINGLE = { command: "/bin/deno", args: ["run", "child.ts"] };
const HERE: Placing = { platform: "linux", physicalCores: 4, variables: {} };

const rankedBy = (kind: Launcher["kind"], ranks: number, args: readonly string[] = []) => ({
  ranks,
  mpi: { available: true, launcher: { kind, path: `/bin/${kind}`, args }, library: LIBRARY },
} as const);

const line = (ranked: ReturnType<typeof rankedBy>, placing: Partial<Placing> = {}) => {
  const { command, args } = rankedCommand(ranked, SINGLE, { ...HERE, ...placing });
  return [command, ...args].join(" ");
};

test("a launcher starts the command for each rank, on a core of its own, and says that it is one", () => {
  const end = "/bin/deno run child.ts --ranks=2:mpich:/lib/libmpich.so.12";
  assert.equal(line(rankedBy("hydra", 2)), `/bin/hydra -bind-to core -n 2 ${end}`);
  assert.equal(line(rankedBy("open-mpi", 2)), `/bin/open-mpi --bind-to core -n 2 ${end}`);
  assert.equal(
    line(rankedBy("srun", 2)),
    `/bin/srun --mpi=pmi2 --input=0 --kill-on-bad-exit=1 --cpus-per-task=1 --cpu-bind=cores -n 2 ${end}`,
  );
});

test("a single rank is started in the same way", () => {
  assert.match(line(rankedBy("hydra", 1)), /-n 1 \/bin\/deno .* --ranks=1:mpich:/);
});

test("with fewer cores than ranks, each has a hardware thread", () => {
  const placing = { physicalCores: 1 };
  assert.match(line(rankedBy("hydra", 2), placing), /-bind-to hwthread/);
  assert.match(line(rankedBy("open-mpi", 2), placing), /--use-hwthread-cpus --bind-to hwthread/);
});

test("ranks are bound on Linux alone, and not where the user gives the launcher's arguments", () => {
  assert.doesNotMatch(line(rankedBy("open-mpi", 2), { platform: "darwin" }), /bind/);
  const own = line(rankedBy("hydra", 2, ["-hosts", "a,b"]));
  assert.match(own, /^\/bin\/hydra -hosts a,b -n 2 /);
});

test("a step within a step of Slurm shares its cores", () => {
  assert.match(line(rankedBy("srun", 2), { variables: { SLURM_STEP_ID: "0" } }), / --overlap /);
});

test("Open MPI is told that it may run as root, where it does", () => {
  assert.equal(Object.keys(rankedEnvironment(rankedBy("open-mpi", 2), {}, 0)).length, 2);
  assert.deepEqual(rankedEnvironment(rankedBy("open-mpi", 2), {}, 1000), {});
  assert.deepEqual(rankedEnvironment(rankedBy("hydra", 2), {}, 0), {});
});

test("what the job of which Slope is a rank left in the environment is not passed on", () => {
  const kept = { PATH: "/bin", OMPI_MCA_btl: "self", SLURM_NTASKS: "2", HYDRA_LAUNCHER: "ssh" };
  const inherited = {
    ...kept,
    PMI_RANK: "1",
    PMIX_NAMESPACE: "7",
    OMPI_COMM_WORLD_RANK: "1",
    OMPI_MCA_ess_base_jobid: "7",
    MPI_LOCALNRANKS: "2",
  };
  assert.deepEqual(rankedEnvironment(rankedBy("hydra", 2), inherited, 0), kept);
});
