import { BUFFER_USAGE } from "../../base/gpu.ts";

/** Creates the buffers of one kernel, each checked against the device's limits. */
export class Buffers {
  private readonly device: GPUDevice;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** Elements of 4 bytes for shaders to read and write. `what` names it in messages. */
  storage(what: string, elements: number): GPUBuffer {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    const usage = BUFFER_USAGE.storage | BUFFER_USAGE.copySource | BUFFER_USAGE.copyDestination;
    return this.checked(what, 4 * elements, limit, usage);
  }

  /** A storage buffer with content. */
  filled(what: string, content: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.storage(what, content.length);
    this.device.queue.writeBuffer(buffer, 0, content);
    return buffer;
  }

  uniform(what: string, bytes: number): GPUBuffer {
    return this.checked(what, bytes, bytes, BUFFER_USAGE.uniform | BUFFER_USAGE.copyDestination);
  }

  /** A buffer for the host to read. */
  readable(what: string, bytes: number): GPUBuffer {
    const usage = BUFFER_USAGE.mapRead | BUFFER_USAGE.copyDestination;
    return this.checked(what, bytes, this.device.limits.maxBufferSize, usage);
  }

  /** Throws RangeError beyond the limit. */
  private checked(what: string, bytes: number, limit: number, usage: number): GPUBuffer {
    if (bytes > limit) {
      const mebibytes = (count: number) => `${(count / 2 ** 20).toFixed(1)} MiB`;
      throw new RangeError(
        `Cannot open the kernel: ${what} take ${mebibytes(bytes)}, expected at most ` +
          `${mebibytes(limit)}, the device's limit; use a smaller network, subset or minibatch`,
      );
    }
    return this.device.createBuffer({ label: what, size: bytes, usage });
  }
}
