/** The program of a worker: renews a lock while the process that holds it reads and writes gigabytes without a pause. */
import { workerData } from "node:worker_threads";
import { type HeldLock, renew, untilBeat } from "./lock_beat.ts";

const lock = workerData as HeldLock;
while (untilBeat(lock) && renew(lock));
