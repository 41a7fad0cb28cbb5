/**
 * Complex tensors are two float tensors under one data id; only taking them apart and putting them together
 * is done here, everything else with complex numbers runs on the host.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { hostOnlyValue } from '../hostArrays.ts';
import { identityPerm, plainOperand } from '../lazy/operand.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const complexKernels: NativeKernels = { Complex: complex, Real: part('real'), Imag: part('imag') };

function complex(call: KernelCall): TensorInfo {
  const { backend } = call;
  const real = copy(call, input(call, 'real'));
  const imag = copy(call, input(call, 'imag'));
  return backend.register(hostOnlyValue(real.shape, { dtype: 'complex64', complex: { real, imag } }));
}

function part(name: 'real' | 'imag'): NativeKernel {
  return (call) => {
    const x = input(call, 'input');
    const parts = call.backend.lookup(x).host?.complex;
    if (parts === undefined) return null;
    return copy(call, { ...parts[name], shape: x.shape });
  };
}

/** A tensor of its own with the same elements: parts are freed with the complex tensor that owns them. */
function copy(call: KernelCall, x: TensorInfo): TensorInfo {
  return recordOne(call.backend, `Identity ${identityPerm(x.shape.length).length}`, [x], x, (graph, [operand]) =>
    operand === undefined ? [] : [plainOperand(graph.plain(operand))],
  );
}
