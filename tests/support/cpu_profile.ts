import type { CpuProfile } from "../../src/format/profile_record.ts";

const frame = (functionName: string, url = "", lineNumber = -1) => ({
  functionName,
  scriptId: "1",
  url,
  lineNumber,
  columnNumber: url === "" ? -1 : 3,
});

/** A step of 70 µs, 60 of them in a function that it calls; 30 µs of garbage collection. */
export function makeCpuProfile(called = "multiply"): CpuProfile {
  return {
    nodes: [
      { id: 1, callFrame: frame("(root)"), children: [2, 4, 5] },
      { id: 2, callFrame: frame("step", "file:///plug/in.ts", 4), children: [3] },
      { id: 3, callFrame: frame(called, "file:///plug/product.js", 8) },
      { id: 4, callFrame: frame("(garbage collector)") },
      { id: 5, callFrame: frame("never", "file:///plug/in.ts", 90) },
    ],
    startTime: 1000,
    endTime: 1107,
    samples: [2, 3, 3, 4, 2],
    timeDeltas: [7, 10, 20, 40, 30],
  };
}
