/** A buffer as one shader sees it. */
export interface Binding {
  readonly buffer: GPUBuffer;
  /** How the shader uses it; "uniform" is the Step struct. */
  readonly access: "read" | "read_write" | "uniform";
  /** WGSL type of an element. */
  readonly of: "f32" | "u32" | "vec2f";
}

type Bind = (buffer: GPUBuffer, of?: Binding["of"]) => Binding;
export const read: Bind = (buffer, of = "f32") => ({ buffer, access: "read", of });
export const write: Bind = (buffer, of = "f32") => ({ buffer, access: "read_write", of });

/** One shader with its buffers. */
export interface Pass {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
}

/** What changes from step to step, in WGSL. */
const STEP = "struct Step { count: u32, scale: f32, rate: f32 }\n";
export const STEP_BYTES = 16;

/** Compiles `code`, WGSL with an entry point `main` that uses the bindings by name. */
export async function createPass(
  device: GPUDevice,
  label: string,
  bindings: Readonly<Record<string, Binding>>,
  code: string,
): Promise<Pass> {
  const entries = Object.entries(bindings);
  const declarations = entries.map(([name, { access, of }], number) =>
    `@group(0) @binding(${number}) ` +
    (access === "uniform"
      ? `var<uniform> ${name}: Step;\n`
      : `var<storage, ${access}> ${name}: array<${of}>;\n`)
  );
  const layout = device.createBindGroupLayout({
    label,
    entries: entries.map(([, { access }], binding) => ({
      binding,
      visibility: COMPUTE,
      buffer: { type: BUFFER_TYPES[access] },
    })),
  });
  const module = device.createShaderModule({ label, code: STEP + declarations.join("") + code });
  return {
    pipeline: await device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    }),
    bindings: device.createBindGroup({
      label,
      layout,
      entries: entries.map(([, { buffer }], binding) => ({ binding, resource: { buffer } })),
    }),
  };
}

const BUFFER_TYPES = {
  uniform: "uniform",
  read: "read-only-storage",
  read_write: "storage",
} as const;
/** GPUShaderStage.COMPUTE of the specification. */
const COMPUTE = 0x4;

/** Runs a pass on this many workgroups. */
export function dispatch(
  encoder: GPUComputePassEncoder,
  { pipeline, bindings }: Pass,
  columns: number,
  rows = 1,
): void {
  encoder.setPipeline(pipeline);
  encoder.setBindGroup(0, bindings);
  encoder.dispatchWorkgroups(columns, rows);
}
