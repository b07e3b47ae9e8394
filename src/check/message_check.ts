import type { Clock } from "../base/clock.ts";
import type { Message } from "../format/protocol.ts";
import type { Failure } from "../format/reason.ts";

/** Messages that a child sends once; a second one comes from an implementation. */
const ONCE = ["hello", "opened", "verified", "pace", "samples", "done"];

/**
 * How far a child's times may differ from the parent's clock. Wide, because messages may wait until the parent gets a
 * CPU, and because a child spends much time outside samples: on two busy cores a fast honest program once took 2.2 s around
 * 1.5 ms of samples. The stricter check is that the child's clock is taken before any plug-in is loaded.
 */
const SLACK = { ns: 2e9, faster: 1.05, slower: 1.5, unsampled: 20, unsampledNs: 5e9 } as const;

/**
 * Checks a child's messages beyond their form, in the parent. Pass each message to the function returned; it says why a
 * message cannot be true. Only the child knows `token`, from before it imported any plug-in, so a `done` without it is
 * forged.
 */
export function checkMessages(
  clock: Clock,
  token?: string,
): (message: Message) => Failure | undefined {
  const heard = new Set<Message["type"]>();
  const start = clock();
  let helloAt = start;
  let before = start;
  let claimedNs = 0;

  return (message) => {
    const now = clock();
    const sinceLastNs = now - before;
    before = now;
    if (ONCE.includes(message.type) && heard.has(message.type)) {
      return { kind: "forged-message", sent: message.type, problem: "repeated" };
    }
    heard.add(message.type);
    switch (message.type) {
      case "hello":
        helloAt = now;
        return undefined;
      case "epoch":
        claimedNs += message.trainNs;
        break;
      case "samples": {
        const samplesNs = message.samplesNs.reduce((sum, ns) => sum + ns, 0);
        claimedNs += samplesNs;
        if (sinceLastNs > SLACK.unsampled * samplesNs + SLACK.unsampledNs) {
          return impossible("samples", samplesNs, sinceLastNs);
        }
        break;
      }
      case "done": {
        if (token !== undefined && message.token !== token) {
          return { kind: "forged-message", sent: "done", problem: "without-token" };
        }
        const { clockNs } = message;
        const passedNs = now - helloAt;
        if (clockNs !== undefined && passedNs > SLACK.slower * clockNs + SLACK.ns) {
          return impossible("clock", clockNs, passedNs);
        }
        break;
      }
    }
    if (claimedNs > SLACK.faster * (now - start) + SLACK.ns) {
      return impossible("total", claimedNs, now - start);
    }
    return undefined;
  };
}

type ImpossibleTimes = Extract<Failure, { kind: "impossible-times" }>;

const impossible = (
  of: ImpossibleTimes["of"],
  reportedNs: number,
  passedNs: number,
): ImpossibleTimes => ({ kind: "impossible-times", of, reportedNs, passedNs });
