import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { programOnPath } from "../../src/sweep/program_command.ts";

const NODES = ["n1", "n2"];

/** Why Slurm cannot be started here; false where it can. */
export function noSlurm(): string | false {
  const missing = ["slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol"]
    .filter((name) => programOnPath(name) === undefined);
  if (missing.length > 0) return `no Slurm here: ${missing.join(", ")} missing on PATH`;
  return process.getuid?.() === 0 ? false : "the daemons of Slurm need root";
}

export interface Slurm {
  /** For commands of Slurm and of Slope: SLURM_CONF. */
  readonly env: Record<string, string>;
  /** Runs a command of Slurm and returns what it prints. */
  run(command: string, ...args: string[]): string;
  /** Every task of these jobs that Slurm still knows: "7_2" → its state, as RUNNING. */
  states(): Map<string, string>;
  /** Waits until no task of any job is left. Throws Error after `seconds`. */
  idle(seconds: number): Promise<void>;
  /** Kills every process of a node, as a power cut does. Its daemon does not come back. */
  kill(node: string): void;
  /** What the daemons wrote, for messages. */
  logs(): string;
  stop(): Promise<void>;
}

/** How its processes show who they are. Slurm may have been built without `none`. */
type Authentication = "none" | "munge";

/**
 * Starts a controller and two nodes on this host, in a folder and on ports of their own, so that other instances may run
 * beside them. Both nodes are ready when it returns.
 */
export async function startSlurm(
  folder: string,
  [authentication, ...others]: readonly Authentication[] = ["none", "munge"],
): Promise<Slurm> {
  try {
    return await startWith(authentication, folder);
  } catch (error) {
    if (others.length === 0 || programOnPath("munged") === undefined) throw error;
    return await startSlurm(folder, others).catch((another) => {
      throw new Error(`${error}\nwith ${others[0]}: ${another}`);
    });
  }
}

async function startWith(authentication: Authentication, folder: string): Promise<Slurm> {
  const ports = await freePorts(1 + NODES.length);
  const conf = join(folder, "slurm.conf");
  const log = (name: string) => join(folder, `${name}.log`);
  mkdirSync(join(folder, "state"), { recursive: true });
  writeFileSync(log("done"), "");
  writeFileSync(conf, configuration(folder, ports, authentication));
  const env = { SLURM_CONF: conf };
  const start = (name: string, program: string, args: string[], own = {}): ChildProcess => {
    const output = openSync(log(name), "a");
    try {
      return spawn(program, args, {
        env: { ...process.env, ...env, ...own },
        stdio: ["ignore", output, output],
      });
    } finally {
      closeSync(output);
    }
  };
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  const daemons = [
    ...authentication === "none" ? [] : [start("munge", "munged", mungeArguments(folder))],
    start("controller", "slurmctld", ["-D"]),
    ...NODES.map((node) => start(node, "slurmd", ["-D", "-N", node], { SLURMD_NODENAME: node })),
  ];
  const logs = () =>
    ["controller", ...NODES].map((name) => `--- ${name}\n${readFileSync(log(name), "utf8")}`)
      .join("");
  const slurm: Slurm = {
    env,
    run,
    states: () =>
      new Map(
        run("squeue", "--noheader", "--array", "--format", "%F_%K %T").trim().split("\n")
          .filter((line) => line !== "").map((line) => line.split(" ") as [string, string]),
      ),
    async idle(seconds) {
      const end = performance.now() + seconds * 1000;
      while (slurm.states().size > 0) {
        if (performance.now() > end) {
          throw new Error(`Slurm still has ${[...slurm.states()].join("; ")}\n${logs()}`);
        }
        await pause(250);
      }
    },
    kill: (node) => killAll(conf, `SLURMD_NODENAME=${node}`),
    logs,
    async stop() {
      const ask = (command: string, ...args: string[]) =>
        spawnSync(command, args, { env: { ...process.env, ...env }, timeout: 10_000 });
      ask("scancel", "--user", "root");
      await slurm.idle(10).catch(() => {}); // what does not end is killed below
      ask("scontrol", "shutdown");
      const ended = () => daemons.every((one) => one.exitCode !== null || one.signalCode !== null);
      for (let tries = 0; tries < 40 && !ended(); tries++) await pause(100);
      killAll(conf);
    },
  };
  try {
    await ready(run, () => daemons.some((one) => one.exitCode !== null));
  } catch (error) {
    await slurm.stop();
    throw new Error(`Slurm did not start: ${error}\n${logs()}`);
  }
  return slurm;
}

/** Waits until both nodes are idle. Throws Error where they are not in time, or where a daemon `hasEnded`. */
async function ready(run: Slurm["run"], hasEnded: () => boolean): Promise<void> {
  let said = "";
  for (let tries = 0; tries < 120; tries++) {
    try {
      said = run("sinfo", "--noheader", "--Node", "--format", "%N %T");
      if (NODES.every((node) => said.includes(`${node} idle`))) return;
    } catch (error) {
      said = String(error);
    }
    if (hasEnded()) break;
    await pause(250);
  }
  throw new Error(`no two idle nodes: ${said}`);
}

/** The socket of munge in a folder. */
const mungeSocket = (folder: string): string => join(folder, "munge.socket");

/** With a key of its own. `--force`: nobody but this user may enter the folder, which it would not accept. */
function mungeArguments(folder: string): string[] {
  const key = join(folder, "munge.key");
  writeFileSync(key, randomBytes(1024), { mode: 0o600 });
  const files = ["pid", "seed", "log"].map((name) =>
    `--${name}-file=${join(folder, `munge.${name}`)}`
  );
  return [
    "--foreground",
    "--force",
    `--socket=${mungeSocket(folder)}`,
    `--key-file=${key}`,
    ...files,
  ];
}

/** With `none`, whoever reaches the ports on this host may submit, for as long as the test runs. */
function configuration(
  folder: string,
  [port, ...nodePorts]: readonly number[],
  authentication: Authentication,
): string {
  const host = hostname().split(".")[0];
  const cpus = Number(execFileSync("nproc", { encoding: "utf8" }));
  return [
    "ClusterName=slope",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${port}`,
    ...["SlurmUser=root", "SlurmdUser=root"],
    ...[`AuthType=auth/${authentication}`, `CredType=cred/${authentication}`],
    // A requeued task waits until the credential of its first start has expired: two minutes by default.
    `AuthInfo=cred_expire=5${authentication === "none" ? "" : `,socket=${mungeSocket(folder)}`}`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool-%n`,
    `SlurmctldPidFile=${folder}/controller.pid`,
    `SlurmdPidFile=${folder}/%n.pid`,
    ...["ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "SwitchType=switch/none"],
    ...["JobAcctGatherType=jobacct_gather/none", "AccountingStorageType=accounting_storage/none"],
    ...["JobCompType=jobcomp/filetxt", `JobCompLoc=${folder}/done.log`],
    ...["SelectType=select/cons_tres", "SelectTypeParameters=CR_Core", "MpiDefault=pmi2"],
    // A node that is silent for so many seconds is down, and its tasks are requeued.
    ...["ReturnToService=2", "KillWait=5", "SlurmdTimeout=10"],
    ...["SchedulerParameters=sched_min_interval=0,batch_sched_delay=0", "MinJobAge=10"],
    ...NODES.map((node, i) =>
      `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodePorts[i]} CPUs=${cpus}`
    ),
    "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO",
    "",
  ].join("\n");
}

/** Ports of 127.0.0.1 that nobody listens on. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().on("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/**
 * Kills the processes of this instance: those that have SLURM_CONF with its file in their environment, and the parents of
 * its jobs, the steps' daemons, which have none. With a `variable`, those alone that have it.
 */
function killAll(conf: string, variable = `SLURM_CONF=${conf}`): void {
  const own = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
    const environment = fileOf(pid, "environ").split("\0");
    return environment.includes(`SLURM_CONF=${conf}`) && environment.includes(variable);
  });
  const parents = own.map((pid) => /^PPid:\s*(\d+)/m.exec(fileOf(pid, "status"))?.[1] ?? "")
    .filter((pid) => fileOf(pid, "comm").trim() === "slurmstepd");
  // Parents first: they would report what becomes of a job.
  for (const pid of new Set([...parents, ...own])) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** What the kernel says of a process; empty where it has ended. */
function fileOf(pid: string, name: "environ" | "status" | "comm"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
