import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  CACHE_VARIABLES,
  type EnvironmentVariables,
  nativeCacheFolder,
} from "../../base/cache_folder.ts";
import { compile, COMPILER, identifyCompiler, type NotCompiled } from "../../base/compile.ts";
import { messageOf } from "../../base/errors.ts";
import { type Library, openLibrary, type Signatures } from "../../base/ffi.ts";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import type { Compiled } from "../contract.ts";

/** The C code. Deno must be able to read it. */
export const NATIVE_SOURCE = fileURLToPath(new URL(".", import.meta.url));

/** What must be allowed to compile in Deno, apart from the cache's folder. */
export const COMPILING = {
  commands: [COMPILER],
  // Node's module for child processes reads the first one.
  variables: ["NODE_V8_COVERAGE", "PATH", ...CACHE_VARIABLES],
} as const;

/** Sums of products may be fused; no other rule of IEEE 754 is relaxed. */
export const NATIVE_FLAGS = ["-std=gnu11", "-ffp-contract=fast", "-Wno-psabi"];

export type CompiledLibrary<S extends Signatures> =
  | (
    & { readonly available: true; readonly compiled: Compiled; readonly version: string }
    & Pick<Library<S>, "functions" | "buffer">
  )
  | { readonly available: false; readonly reason: string };

/**
 * Opens the library of `source`, a file of this folder that may include its headers. It is compiled for this processor,
 * once: the cache's key is a hash of the code, the flags, the compiler and the processor. If that cannot be, returns
 * the reason and a hint; throws nothing.
 */
export async function openCompiled<const S extends Signatures>(
  source: string,
  signatures: S,
  /** PATH, and what decides where the cache is. */
  variables: EnvironmentVariables = process.env,
): Promise<CompiledLibrary<S>> {
  const { name, version } = CURRENT_RUNTIME;
  if (name === "node") {
    const reason = `Node ${version} cannot call native libraries; run it in Deno or Bun`;
    return { available: false, reason };
  }
  try {
    const folder = nativeCacheFolder(variables);
    if (folder === undefined) return unavailable("the home folder is unknown; set XDG_CACHE_HOME");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The compiler's own files go to the same folder.
    const environment = { PATH: variables.PATH ?? "", TMPDIR: folder, LC_ALL: "C" };
    const compiler = await identifyCompiler(environment);
    if (compiler.ended !== "done") return noLibrary(compiler);

    const headers = (await readdir(NATIVE_SOURCE)).filter((file) => file.endsWith(".h")).sort();
    const texts = await Promise.all(
      [source, ...headers].map((file) => readFile(join(NATIVE_SOURCE, file), "utf8")),
    );
    const key = createHash("sha256").update(JSON.stringify([texts, NATIVE_FLAGS, compiler.macros]))
      .digest("hex").slice(0, 24);
    const place = join(folder, `${source.replace(/\.c$/, "")}-${key}`);
    let opened = await openLibrary([`${place}.so`], signatures);
    // What cannot be opened, or read, may be damaged: it is made again.
    let ns = opened.available ? await timeToCompile(`${place}.json`) : undefined;
    const cached = ns !== undefined;
    if (ns === undefined || !opened.available) {
      const start = performance.now();
      const draft = `${place}-${randomUUID()}`;
      const made = await compile(join(NATIVE_SOURCE, source), draft, {
        flags: NATIVE_FLAGS,
        environment,
      });
      if (made.ended !== "done") {
        await rm(draft, { force: true });
        return noLibrary(made);
      }
      ns = Math.round((performance.now() - start) * 1e6);
      // Renamed, so that another process finds all of a file or nothing.
      await writeFile(`${draft}.json`, JSON.stringify({ ns }));
      await rename(`${draft}.json`, `${place}.json`);
      await rename(draft, `${place}.so`);
      opened = await openLibrary([`${place}.so`], signatures);
      if (!opened.available) {
        const hint = "if its file system is mounted noexec, set XDG_CACHE_HOME to another folder";
        return unavailable(`cannot open ${place}.so: ${opened.reason}; ${hint}`);
      }
    }
    const { functions, buffer } = opened;
    return {
      available: true,
      functions,
      buffer,
      compiled: { ns, cached },
      version: versionIn(compiler.macros),
    };
  } catch (error) {
    return unavailable(
      `cannot compile: ${messageOf(error)}; set XDG_CACHE_HOME to a writable folder`,
    );
  }
}

const unavailable = (reason: string) => ({ available: false, reason }) as const;

function noLibrary(why: NotCompiled) {
  return unavailable(
    why.ended === "no-compiler"
      ? `no C compiler "${COMPILER}"; on Debian and Ubuntu: apt-get install gcc libc6-dev`
      : `the C compiler "${COMPILER}" failed: ${
        why.text.split("\n")[0]
      }; try another one first on PATH`,
  );
}

/** Written when the library was made; undefined if it cannot be read. */
async function timeToCompile(file: string): Promise<number | undefined> {
  try {
    const { ns } = JSON.parse(await readFile(file, "utf8")) as { ns?: unknown };
    return typeof ns === "number" ? ns : undefined;
  } catch {
    return undefined;
  }
}

const versionIn = (macros: string): string =>
  /^#define __VERSION__ "(.*)"$/m.exec(macros)?.[1].replace(/^(?=\d)/, "GCC ") ?? COMPILER;
