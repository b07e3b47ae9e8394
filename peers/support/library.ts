/**
 * What the peers in TypeScript share: each computes with a library of package.json, as a kernel that keeps its
 * parameters in the library and runs its steps there.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { messageOf } from "../../src/base/errors.ts";
import { IS_PACKAGE } from "../../src/base/own_files.ts";
import type {
  AsyncKernel,
  Availability,
  BackEnd,
  FixedNetwork,
  GradientImplementation,
  Problem,
} from "../../src/gradients/contract.ts";
import { canonicalLayout } from "../../src/model/layout.ts";
import { minibatches } from "../../src/model/order.ts";

const require = createRequire(new URL("../package.json", import.meta.url));

/**
 * A package of peers/node_modules. Through `require`, because an import of a package that may be missing fails the type
 * check of those who did not install it, and because Deno would look for a bare import in the configuration of the
 * project.
 */
export const library = <T>(name: string): T => require(name) as T;

/** The folder of an installed package, of the peers or of the project above them, with a slash at its end. */
export const packageFolder = (name: string): string =>
  (require.resolve.paths(name) ?? []).map((folder) => join(folder, name, "/"))
    .find((folder) => existsSync(folder)) ?? "";

/** A library set up for one problem. Canonical order: see canonicalLayout in src/model/layout.ts. */
export interface LibraryKernel {
  /** Threads that it really uses. */
  readonly threadsUsed: number;
  /** Takes over parameters, canonical order. */
  load(canonical: Float64Array): void;
  /** The parameters, canonical order; `load` of them changes nothing. */
  dump(): Promise<Float64Array>;
  /** Mean loss over these rows and its gradient in canonical order. */
  lossAndGradient(rows: Uint32Array): { loss: number; gradient: Float64Array };
  /** One step of gradient descent; the mean loss over these rows before the update. */
  step(rows: Uint32Array, rate: number): number | Promise<number>;
}

interface Library {
  readonly name: string;
  readonly summary: string;
  /** The packages that it needs, the one that names the version first. */
  readonly packages: readonly string[];
  readonly backEnd: BackEnd;
  /** What it computes and cannot change. */
  readonly network?: FixedNetwork;
  /** Starts the library on at most so many threads; throws where it cannot run. */
  start(threads: number): Promise<void>;
  open(problem: Problem): LibraryKernel;
}

export function fromLibrary(peer: Library): GradientImplementation {
  const { name, summary, backEnd, network } = peer;
  return {
    name,
    summary,
    precision: "float32",
    backEnd,
    ...(network && { network }),
    probe: () => availabilityOf(peer),
    async open(problem): Promise<AsyncKernel> {
      await peer.start(problem.threads);
      return kernelOf(peer.open(problem), problem);
    },
  };
}

function kernelOf(own: LibraryKernel, { network }: Problem): AsyncKernel {
  const layout = canonicalLayout(network);
  const parameters = new Float32Array(layout.length);
  const gradient = new Float32Array(layout.length);
  let batches: readonly Uint32Array[] = [];
  return {
    mode: "async",
    layout,
    parameters,
    gradient,
    threadsUsed: own.threadsUsed,
    derives: "steps",
    push: () => Promise.resolve(own.load(Float64Array.from(parameters))),
    lossAndGradient(rows) {
      const found = own.lossAndGradient(rows);
      gradient.set(found.gradient);
      return Promise.resolve(found.loss);
    },
    async pull() {
      parameters.set(await own.dump());
    },
    epochs: {
      arrange(order, batchSize) {
        batches = minibatches(order.slice(), batchSize);
        return Promise.resolve();
      },
      async run(first, end, rate, times) {
        let loss = NaN;
        for (let time = 0; time < times; time++) {
          let [total, rows] = [0, 0];
          for (let step = first; step < end; step++) {
            const isLast = time === times - 1 && step === end - 1;
            const before = isLast ? await own.dump() : undefined;
            const one = own.step(batches[step], rate);
            // Only a promise is awaited: an await of a number would add a turn of the microtask queue.
            total += (typeof one === "number" ? one : await one) * batches[step].length;
            rows += batches[step].length;
            if (before === undefined) continue;
            const after = await own.dump();
            for (let p = 0; p < gradient.length; p++) gradient[p] = (before[p] - after[p]) / rate;
          }
          loss = total / rows;
        }
        return loss;
      },
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** In the package, the peers' own folder belongs to npm. */
const INSTALL = IS_PACKAGE ? "npm install it in your project" : "npm ci in peers";

async function availabilityOf(peer: Library): Promise<Availability> {
  const versions: string[] = [];
  for (const name of peer.packages) {
    const version = installedVersion(name);
    if (version === undefined) {
      return { available: false, reason: `${name} is not installed; ${INSTALL}` };
    }
    versions.push(`${name} ${version}`);
  }
  try {
    await peer.start(1);
  } catch (error) {
    const reason = `${versions[0]} does not start here: ${messageOf(error)}`;
    return { available: false, reason };
  }
  return { available: true, version: versions[0] };
}

function installedVersion(name: string): string | undefined {
  try {
    const text = readFileSync(packageFolder(name) + "package.json", "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}
