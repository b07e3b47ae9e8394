import { CURRENT_RUNTIME } from "./runtime.ts";

/** Flags of GPUBufferUsage and GPUMapMode: not every runtime has them as globals. */
export const BUFFER_USAGE = {
  mapRead: 0x1,
  copySource: 0x4,
  copyDestination: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;
export const MAP_READ = 0x1;

/** An open device; its owner destroys it. */
export interface Gpu {
  readonly device: GPUDevice;
  /** Name from the driver: "NVIDIA H200", "llvmpipe (LLVM 15.0.6, 256 bits)". */
  readonly name: string;
  /** True if the CPU emulates the device. */
  readonly software: boolean;
  /** Throws Error if the device was lost or has reported a fault. */
  check(): void;
}

/** Drivers that compute on the CPU; some do not report it. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/**
 * Opens the fastest device of this machine with its greatest limits. If the runtime has no WebGPU (Node, Bun) or the
 * machine no driver, returns the reason and a hint. Deno needs no permission.
 */
export async function openGpu(): Promise<Gpu | { readonly unavailable: string }> {
  const { gpu } = globalThis.navigator as { readonly gpu?: GPU };
  if (gpu === undefined) {
    const { name, version } = CURRENT_RUNTIME;
    const runtime = { deno: "Deno", bun: "Bun", node: "Node" }[name];
    return { unavailable: `${runtime} ${version} has no WebGPU; run it in Deno: --runtimes deno` };
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    return {
      unavailable: "no driver for Vulkan, Metal or Direct3D 12; on Debian and Ubuntu: apt-get " +
        "install mesa-vulkan-drivers libvulkan1, which emulates a GPU if there is none",
    };
  }
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  const { description, device: model, vendor } = adapter.info;
  const name = description || model || `vendor ${vendor}`;
  let fault: string | undefined;
  device.lost.then(({ message }) => fault = `the GPU "${name}" was lost: ${message}`);
  device.addEventListener("uncapturederror", (event) => {
    fault ??= `the GPU "${name}" reported: ${event.error.message}`;
  });
  return {
    device,
    name,
    software: adapter.info.isFallbackAdapter || SOFTWARE.test(name),
    check() {
      if (fault !== undefined) throw new Error(`Cannot continue: ${fault}`);
    },
  };
}
