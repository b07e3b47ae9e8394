import { type Code, i32, v128 } from "../../base/wasm/code.ts";
import type { DeclareLocal } from "../../base/wasm/module.ts";
import type { HiddenActivation } from "../../model/network.ts";
import { activated, type Arithmetic, flushed, timesSlope } from "./arithmetic.ts";
import { count, plus, VECTOR_BYTES } from "./loops.ts";

/** values = f(values) for `bytes` bytes of float32 from `address` on, whole vectors, one at least. */
export function activateAll(
  activation: HiddenActivation,
  arithmetic: Arithmetic,
  address: number,
  bytes: Code,
  declare: DeclareLocal,
): Code {
  const at = declare("i32");
  const end = declare("i32");
  const z = declare("v128");
  return [
    end.set(plus(bytes, address)),
    count(at, i32.const(address), end.get, VECTOR_BYTES, [
      z.set(v128.load(at.get)),
      v128.store(at.get, activated(activation, arithmetic, z.get, declare)),
    ]),
  ];
}

/** deltas ⊙= f′ at the activations of the same places: `bytes` bytes of each. */
export function multiplySlopes(
  activation: HiddenActivation,
  deltas: number,
  activations: number,
  bytes: Code,
  declare: DeclareLocal,
): Code {
  const at = declare("i32");
  const a = declare("v128");
  const delta = declare("v128");
  return [
    count(at, i32.const(0), bytes, VECTOR_BYTES, [
      a.set(v128.load(at.get, activations)),
      delta.set(timesSlope(activation, v128.load(at.get, deltas), a)),
      v128.store(at.get, flushed(delta), deltas),
    ]),
  ];
}
