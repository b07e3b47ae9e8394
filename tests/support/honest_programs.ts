/** Programs that are right, by the names under which scripts/diagnose_honest.ts examines them. */
import { fileURLToPath } from "node:url";
import { IMPLEMENTATIONS } from "../../src/gradients/all.ts";
import { availabilityOf } from "../../src/gradients/availability.ts";
import type { GradientImplementation } from "../../src/gradients/contract.ts";
import { loadPlugin } from "../../src/gradients/plugin.ts";
import type { Network } from "../../src/model/network.ts";
import { honestLists } from "./honest_lists.ts";
import { inOneProcess } from "./one_process.ts";
import { accusations } from "./planted_mistakes.ts";
import { PYTHON } from "./python.ts";

interface Honest {
  readonly implementation: GradientImplementation;
  /** The only activation and loss that it computes. */
  readonly fixed?: Partial<Network>;
  close?(): Promise<void>;
}

const BRAIN = { hiddenActivation: "sigmoid", outputLoss: "sigmoid-quadratic" } as const;

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

async function peerOf(file: string, fixed: Partial<Network> = {}): Promise<Honest> {
  const [implementation] = await loadPlugin(pathOf(file));
  return { implementation, fixed };
}

async function pythonOf(file: string): Promise<Honest> {
  if (PYTHON === undefined) throw new Error("there is no Python with NumPy");
  const { programs: [implementation], close } = await inOneProcess(pathOf(file), PYTHON);
  return { implementation, close };
}

/** The list forms in Python are a function for each activation and loss. */
async function listsOf(file: string, form: "gradient" | "update"): Promise<Honest> {
  if (PYTHON === undefined) throw new Error("there is no Python with NumPy");
  const { programs, close } = await inOneProcess(pathOf(file), PYTHON);
  const { precision } = programs[0];
  return {
    implementation: {
      name: `python_${form}_${precision}`,
      summary: "lists of arrays",
      precision,
      open: (problem) => {
        const { hiddenActivation, outputLoss } = problem.network;
        const name = `${form}.${hiddenActivation}.${outputLoss}`;
        return programs.find((one) => one.name === name)!.open(problem);
      },
    },
    close,
  };
}

const OTHERS: Readonly<Record<string, () => Promise<Honest>>> = {
  gradient_float64: () => Promise.resolve({ implementation: honestLists("gradient", "float64") }),
  gradient_float32: () => Promise.resolve({ implementation: honestLists("gradient", "float32") }),
  trainBatch_float64: () =>
    Promise.resolve({ implementation: honestLists("trainBatch", "float64") }),
  trainBatch_float32: () =>
    Promise.resolve({ implementation: honestLists("trainBatch", "float32") }),
  python_gradient_float64: () => listsOf("tests/python/honest_lists.py", "gradient"),
  python_gradient_float32: () => listsOf("tests/python/honest_lists_float32.py", "gradient"),
  python_update_float64: () => listsOf("tests/python/honest_lists.py", "update"),
  python_update_float32: () => listsOf("tests/python/honest_lists_float32.py", "update"),
  numpy_batch: () => pythonOf("peers/numpy_batch.py"),
  numpy_question: () => pythonOf("peers/numpy_question.py"),
  scalar_autograd: () => pythonOf("peers/scalar_autograd.py"),
  torch_autograd: () => pythonOf("peers/torch_autograd.py"),
  brain_js: () => peerOf("peers/brain_js.ts", BRAIN),
  jax_js: () => peerOf("peers/jax_js.ts"),
  tfjs_wasm: () => peerOf("peers/tfjs_wasm.ts"),
};

/** All of them: Slope's own first. A device in software is slow; ranks are processes that mpiexec starts. */
export const HONEST_PROGRAMS: readonly string[] = [
  ...IMPLEMENTATIONS.filter(({ needs = [] }) => !needs.includes("gpu") && !needs.includes("ranks"))
    .map(({ name }) => name),
  ...Object.keys(OTHERS),
];

/** Throws for an unknown name, and the reason where it cannot run here. */
async function honestOf(name: string): Promise<Honest> {
  const own = IMPLEMENTATIONS.find((one) => one.name === name);
  if (own === undefined && !Object.hasOwn(OTHERS, name)) {
    throw new RangeError(`Cannot examine "${name}", expected ${HONEST_PROGRAMS.join(", ")}`);
  }
  const honest = own ? { implementation: own } : await OTHERS[name]();
  const answer = await availabilityOf(honest.implementation);
  if (!answer.available) throw new Error(answer.reason);
  return honest;
}

/** What is said of a right program in random problems; a reason alone where it cannot run here. */
export type Accused = readonly string[] | { readonly cannot: string };

/** For a worker: numbers and texts in, texts out. */
export async function accusedOf(name: string, seeds: number, first: number): Promise<Accused> {
  let honest: Honest;
  try {
    honest = await honestOf(name);
  } catch (error) {
    return { cannot: error instanceof Error ? error.message : String(error) };
  }
  try {
    const { implementation, fixed = {} } = honest;
    return (await accusations(implementation, seeds, { first, fixed }))
      .map((one) => JSON.stringify(one));
  } finally {
    await honest.close?.();
  }
}
