import { known } from "../base/known.ts";
import type { Message } from "../format/protocol.ts";
import type { Request } from "../format/request.ts";
import type { Failure } from "../format/reason.ts";
import { type Launch, launch } from "./launch.ts";
import type { Runtime } from "./runtimes.ts";

/** Reads the answer to each type of request, whose last message has come. */
const READ_REPLY = {
  describe: (messages) => findMessage(messages, "implementations")!.implementations,
  run: (messages) => messages,
  ceilings: (messages) => findMessage(messages, "ceilings")!.ceilings,
  diagnose: (messages) => findMessage(messages, "findings")!.findings,
  /** Everything that a profile asked for; unknown is absent. */
  profile(messages) {
    const cpu = findMessage(messages, "cpuProfile");
    return known({
      subsets: messages.filter((message) => message.type === "subset").map(({ subset }) => subset),
      verification: findMessage(messages, "verified")?.verification,
      counters: findMessage(messages, "counters")?.counters,
      cpuProfile: cpu?.profile,
      programPeakRssBytes: findMessage(messages, "profiled")?.programPeakRssBytes,
      noCpuProfile: cpu?.unavailable,
    });
  },
} satisfies { [T in Request["type"]]: (messages: readonly Message[]) => unknown };

export type ReplyOf<R extends Request> = ReturnType<typeof READ_REPLY[R["type"]]>;

export type Answer<R extends Request> =
  | {
    readonly ended: "reply";
    readonly reply: ReplyOf<R>;
    /** Greatest resident set of the process; absent where the system does not tell. */
    readonly peakRssBytes?: number;
  }
  | {
    readonly ended: "failed";
    readonly failure: Failure;
    readonly messages: readonly Message[];
  }
  | { readonly ended: "aborted" };

/**
 * Starts a process, asks it one thing and waits for its reply. Never throws: a process that dies, hangs or sends an
 * invalid message is a failure. A message for which `onMessage` fails the process is not part of the answer.
 */
export async function ask<R extends Request>(
  runtime: Runtime,
  request: R,
  options: Omit<Launch, "runtime" | "request">,
): Promise<Answer<R>> {
  const messages: Message[] = [];
  const outcome = await launch({
    ...options,
    runtime,
    request,
    onMessage(message, child) {
      let refused = false;
      const fail = (failure: Failure): void => {
        refused = true;
        child.fail(failure);
      };
      options.onMessage?.(message, { ...child, fail });
      if (!refused) messages.push(message);
    },
  });
  // A process that dies while the user interrupts the command says nothing about the program.
  if (outcome.ended === "aborted" || options.signal?.aborted) return { ended: "aborted" };
  if (outcome.ended === "failed") return { ...outcome, messages };
  const { ended: _, ...memory } = outcome;
  const reply = READ_REPLY[request.type](messages) as ReplyOf<R>;
  return { ended: "reply", reply, ...memory };
}

export function findMessage<T extends Message["type"]>(
  messages: readonly Message[],
  type: T,
): Extract<Message, { type: T }> | undefined {
  return messages.find((message): message is Extract<Message, { type: T }> =>
    message.type === type
  );
}
