import assert from "node:assert/strict";
import test from "node:test";
import { findMpi, mostRanks } from "./find_mpi.ts";

/** A file system of these files; a link leads to its target. */
const filesOf = (paths: readonly string[], links: Readonly<Record<string, string>> = {}) => ({
  isFile: (path: string) => paths.includes(path) || path in links,
  target: (path: string) => links[path] ?? path,
});

const DEBIAN = "/usr/lib/x86_64-linux-gnu";
const MPICH_LINKS = {
  "/usr/bin/mpiexec": "/usr/bin/mpiexec.hydra",
  "/usr/bin/mpiexec.mpich": "/usr/bin/mpiexec.hydra",
};
const OPEN_MPI_LINKS = {
  "/usr/bin/mpiexec": "/usr/bin/orterun",
  "/usr/bin/mpiexec.openmpi": "/usr/bin/orterun",
};
const BOTH = [`${DEBIAN}/libmpich.so.12`, `${DEBIAN}/libmpi.so.40`];
const PATH = "/usr/bin";

function found(variables: Record<string, string>, files: ReturnType<typeof filesOf>) {
  const mpi = findMpi({ PATH, ...variables }, files);
  assert.ok(mpi.available);
  return {
    ...mpi.launcher,
    ...mpi.library,
    library: mpi.library.path,
    launcher: mpi.launcher.path,
  };
}

test("the library is that of the launcher, which what it links to names", () => {
  const mpich = found({}, filesOf(BOTH, MPICH_LINKS));
  assert.equal(mpich.kind, "hydra");
  assert.equal(mpich.library, `${DEBIAN}/libmpich.so.12`);
  const openMpi = found({}, filesOf(BOTH, OPEN_MPI_LINKS));
  assert.equal(openMpi.kind, "open-mpi");
  assert.equal(openMpi.library, `${DEBIAN}/libmpi.so.40`);
});

test("where the first launcher has no library, one with a library is taken", () => {
  const links = { ...OPEN_MPI_LINKS, "/usr/bin/mpiexec.mpich": "/usr/bin/mpiexec.hydra" };
  const mpi = found({}, filesOf([`${DEBIAN}/libmpich.so.12`], links));
  assert.deepEqual([mpi.kind, mpi.launcher], ["hydra", "/usr/bin/mpiexec.mpich"]);
});

test("the library beside a launcher wins, and shows the family of one without a telling name", () => {
  const files = filesOf([...BOTH, "/opt/mpi/bin/mpiexec", "/opt/mpi/lib/libmpi.so.40"]);
  const mpi = found({ PATH: "/opt/mpi/bin:/usr/bin" }, files);
  assert.deepEqual([mpi.kind, mpi.library], ["open-mpi", "/opt/mpi/lib/libmpi.so.40"]);
});

test("LD_LIBRARY_PATH is looked at before the system's folders", () => {
  const files = filesOf([...BOTH, "/cluster/lib/libmpi.so.12"], MPICH_LINKS);
  assert.equal(
    found({ LD_LIBRARY_PATH: "/cluster/lib" }, files).library,
    "/cluster/lib/libmpi.so.12",
  );
});

test("the user's launcher may have arguments, and library and launcher need not match", () => {
  const files = filesOf(BOTH, { ...MPICH_LINKS, "/usr/bin/mpiexec.openmpi": "/usr/bin/orterun" });
  const mpi = found({
    SLOPE_MPIEXEC: "mpiexec.openmpi --map-by node",
    SLOPE_MPI_LIBRARY: `${DEBIAN}/libmpich.so.12`,
  }, files);
  assert.equal(mpi.kind, "open-mpi");
  assert.deepEqual(mpi.args, ["--map-by", "node"]);
  assert.deepEqual([mpi.family, mpi.library], ["mpich", `${DEBIAN}/libmpich.so.12`]);
});

test("srun starts ranks of either library, if Slurm gave an allocation or the user names it", () => {
  const files = filesOf([`${DEBIAN}/libmpi.so.40`, "/usr/bin/srun"]);
  assert.equal(findMpi({ PATH }, files).available, false);
  assert.equal(found({ SLURM_JOB_ID: "7" }, files).kind, "srun");
  assert.equal(found({ SLOPE_MPIEXEC: "srun" }, files).family, "open-mpi");
});

test("what lacks is told: the launcher, its library, or what the user named", () => {
  const reason = (variables: Record<string, string>, files: ReturnType<typeof filesOf>) => {
    const mpi = findMpi({ PATH, ...variables }, files);
    return mpi.available ? undefined : mpi.reason;
  };
  const kind = "no-mpi";
  assert.deepEqual(reason({}, filesOf(BOTH)), { kind, lacks: "launcher" });
  assert.deepEqual(
    reason({}, filesOf([`${DEBIAN}/libmpi.so.40`], MPICH_LINKS)),
    { kind, lacks: "library", of: "/usr/bin/mpiexec" },
  );
  assert.deepEqual(
    reason({ SLOPE_MPIEXEC: "nowhere" }, filesOf(BOTH, MPICH_LINKS)),
    { kind, lacks: "launcher", of: "nowhere" },
  );
  assert.deepEqual(
    reason({ SLOPE_MPI_LIBRARY: "/none.so" }, filesOf(BOTH, MPICH_LINKS)),
    { kind, lacks: "library", of: "/none.so" },
  );
});

test("as many ranks may run as there are cores, or tasks in Slurm's allocation", () => {
  const nowhere = { PATH: "/nowhere" };
  assert.equal(mostRanks(2, nowhere), 2);
  assert.equal(mostRanks(2, { ...nowhere, SLURM_NTASKS: "16" }), 16);
  assert.equal(mostRanks(4, { ...nowhere, SLURM_NTASKS: "1" }), 4);
});
