/**
 * Runs a kernel of TF.js's own `cpu` backend on behalf of the lazy one: for strings and complex numbers, for
 * empty tensors, and for the calls that ONNX cannot express. Each use is counted by kernel, because on a
 * training step there must be none.
 */
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendValues, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel } from '@tensorflow/tfjs-core';
import { hostOnlyValue } from './hostArrays.ts';
import type { OrtBackend } from './ortBackend.ts';

let host: MathBackendCPU | null = null;

/** Calls that ran here in this process, by kernel, over all instances of the backend. */
export const hostFallbackTotals = new Map<string, number>();

type NamedInfos = Readonly<Record<string, TensorInfo | readonly TensorInfo[] | undefined>>;

export function runOnHost(name: string, inputs: NamedInfos, attrs: unknown, backend: OrtBackend) {
  const kernel = getKernel(name, 'cpu');
  if (kernel === undefined) throw new Error(`Kernel '${name}' not registered for backend 'onnxruntime'`);
  // Its first use would advertise tfjs-node on the console.
  const onHost = (host ??= Object.assign(new MathBackendCPU(), { firstUse: false }));
  backend.countHostFallback(name);
  hostFallbackTotals.set(name, (hostFallbackTotals.get(name) ?? 0) + 1);
  const given: TensorInfo[] = [];
  const bring = (info: TensorInfo): TensorInfo => {
    const there = toHost(onHost, backend, info);
    given.push(there);
    return there;
  };
  const hostInputs = Array.isArray(inputs)
    ? inputs.map(bring)
    : Object.fromEntries(
        Object.entries(inputs).map(([key, info]) => [
          key,
          info === undefined || info === null ? info : isList(info) ? info.map(bring) : bring(info),
        ]),
      );
  const call = { inputs: hostInputs, attrs, backend: onHost } as unknown as Parameters<typeof kernel.kernelFunc>[0];
  const results = kernel.kernelFunc(call);
  const list = Array.isArray(results) ? results : [results];
  const brought = list.map((info) => fromHost(onHost, backend, info));
  for (const info of list) onHost.disposeData(info.dataId, true);
  for (const info of given) onHost.disposeData(info.dataId, true);
  return Array.isArray(results) ? brought : (brought[0] as TensorInfo);
}

function isList(info: TensorInfo | readonly TensorInfo[]): info is readonly TensorInfo[] {
  return Array.isArray(info);
}

function toHost(onHost: MathBackendCPU, backend: OrtBackend, info: TensorInfo): TensorInfo {
  const value = backend.lookup(info);
  if (value.host?.complex !== undefined) {
    const complexInfo = onHost.makeTensorInfo(info.shape, 'complex64');
    const { real, imag } = value.host.complex;
    onHost.data.get(complexInfo.dataId).complexTensorInfos = {
      real: toHost(onHost, backend, { ...real, shape: info.shape }),
      imag: toHost(onHost, backend, { ...imag, shape: info.shape }),
    };
    return complexInfo;
  }
  const values = backend.readSync(info.dataId);
  const dataId = onHost.write(values, info.shape, info.dtype);
  // Some kernels read the rank, which tensors have and their descriptions lack.
  const there: TensorInfo & { rank: number } = {
    dataId,
    shape: info.shape,
    dtype: info.dtype,
    rank: info.shape.length,
  };
  return there;
}

function fromHost(onHost: MathBackendCPU, backend: OrtBackend, info: TensorInfo): TensorInfo {
  const data = onHost.data.get(info.dataId);
  if (data.complexTensorInfos !== undefined && data.complexTensorInfos !== null) {
    const { real, imag } = data.complexTensorInfos;
    const parts = { real: fromHost(onHost, backend, real), imag: fromHost(onHost, backend, imag) };
    return backend.register(hostOnlyValue(info.shape, { dtype: 'complex64', complex: parts }));
  }
  const values: BackendValues = data.values ?? [];
  return { dataId: backend.write(values, info.shape, info.dtype), shape: info.shape, dtype: info.dtype };
}
