import assert from "node:assert/strict";
import test from "node:test";
import { rankArguments, toArgument } from "./rank_arguments.ts";

test("what a launcher tells a rank is read as it was written, with colons in the path", () => {
  const told = {
    ranks: 12,
    library: { family: "open-mpi", path: "/opt/a:b/libmpi.so.40" },
  } as const;
  assert.deepEqual(rankArguments(["deno", "child.ts", toArgument(told)]), told);
});

test("a process without that argument is no rank, and a wrong one is refused", () => {
  assert.equal(rankArguments(["deno", "child.ts"]), undefined);
  for (const word of ["--ranks=", "--ranks=0:mpich:/a", "--ranks=2:lam:/a", "--ranks=2:mpich"]) {
    assert.throws(() => rankArguments([word]), SyntaxError);
  }
});
