import { createAdaptorServer } from "@hono/node-server";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { integer, merge, message, object, option, withDefault } from "@optique/core";
import { InputError, messageOf } from "../base/errors.ts";
import { runNames } from "../sweep/run_folder.ts";
import { BRIEFS } from "./briefs.ts";
import { action, formatOption, outOption } from "./options.ts";
import { createApp } from "../serve/app.ts";

/** Only this machine gets an answer: a benchmark's host should not serve the network. */
const ADDRESS = "127.0.0.1";

const options = merge(
  object({
    port: withDefault(
      option("--port", integer({ min: 0, max: 65535, metavar: "N" }), {
        description: message`Port on 127.0.0.1; 0 for any free one (default: 7474).`,
      }),
      7474,
    ),
  }),
  outOption,
  formatOption,
);

const texts = {
  brief: BRIEFS.serve,
  description:
    message`Serves the runs of a folder as pages to this machine only, until you interrupt it.`,
};

export const serveCommand = action("serve", options, texts, async (given, terminal, signal) => {
  const out = resolve(given.out);
  runNames(out); // reports a missing folder now, not on every page
  const app = createApp(out, signal, terminal.note);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await listen(server, given.port);
  const { port } = server.address() as AddressInfo;
  const url = `http://${ADDRESS}:${port}/`;
  terminal.out(given.format === "json" ? JSON.stringify({ url, folder: out }) : url);
  terminal.note(`serving ${out}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    const end = (): void => {
      server.close(() => resolve());
      server.closeAllConnections();
    };
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
  return 0;
});

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new InputError(
          `Cannot serve on ${ADDRESS}:${port}: ${messageOf(error)}`,
          "choose another --port, or 0 for any free one",
          { cause: error },
        ),
      ));
    server.listen(port, ADDRESS, resolve);
  });
}
