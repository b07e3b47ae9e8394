/** A worker of in_workers.ts: imports the module of each call and answers with the result. */
import { parentPort } from "node:worker_threads";

parentPort!.on("message", async ({ module, name, args }) => {
  const functions = await import(module);
  parentPort!.postMessage(await functions[name](...args));
});
