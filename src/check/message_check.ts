import type { Clock } from "../base/clock.ts";
import type { Message } from "../format/protocol.ts";
import type { Failure } from "../format/reason.ts";

/** What a child says once, however many trials' worth an implementation would like to say in its place. */
const ONCE: readonly Message["type"][] = [
  "hello",
  "opened",
  "verified",
  "pace",
  "samples",
  "done",
];

/**
 * How far a child's times may be from the parent's clock. Wide, because a message may wait until the parent has
 * a processor and much of a child's time is nobody's sample: nothing honest must fail, and the finer check is that the
 * child's clock was taken before any plug-in was there.
 */
const SLACK = { ns: 2e9, faster: 1.05, slower: 1.5, unsampled: 20 } as const;

/**
 * What is wrong with a child's messages beyond their form, as its parent sees it: a listener for each of them, with
 * the reason why it is not believed. `token`, where there is one, was told to the child alone, before it imported
 * any plug-in: a `done` without it was written by somebody else.
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
        if (sinceLastNs > SLACK.unsampled * samplesNs + SLACK.ns) {
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
