import { InputError } from "../base/errors.ts";
import type {
  GradientImplementation,
  GradientPlugin,
  ListFormImplementation,
} from "../gradients/contract.ts";
import { cannotLoad, implementationsIn } from "../gradients/plugin.ts";

/** A function of lists that returns the gradient of the mean loss, and that loss if it computes it. */
export type GradientFunction = NonNullable<ListFormImplementation["gradient"]>;

/** A program in this process: a plug-in, a function of the list form, or the exports of a file that has one of them. */
export type Program = GradientPlugin | GradientFunction | { readonly [name: string]: unknown };

/** The one implementation that a program is. Throws InputError where there is none, or more than one. */
export function implementationOf(program: Program): GradientImplementation {
  const cannot = cannotLoad("the program");
  if (typeof program === "string" || program instanceof URL) {
    cannot(
      `"${program}" is the address of a file`,
      "import the file and pass what it exports; `slope diagnose FILE` examines files of any language",
    );
  }
  if (typeof program !== "function" && (typeof program !== "object" || program === null)) {
    cannot(
      `it is ${program === null ? "null" : typeof program}`,
      "pass a function gradient(weights, biases, images, labels), a plug-in, or what a file exports",
    );
  }
  const name = typeof program === "function" && /^\w+$/.test(program.name)
    ? program.name
    : "gradient";
  const found = implementationsIn(exportsOf(program), name, "a function", cannot);
  if (found.length > 1) {
    throw new InputError(
      `Cannot check ${found.length} programs at once: ${found.map(({ name }) => name).join(", ")}`,
      "pass one of them",
    );
  }
  return found[0];
}

/** The program as a module would export it. */
function exportsOf(program: Program): Record<string, unknown> {
  if (typeof program === "function") return { gradient: program };
  const isDescribed = "open" in program || "prepare" in program ||
    ("name" in program && "precision" in program && !("default" in program));
  return isDescribed ? { default: program } : program as Record<string, unknown>;
}
