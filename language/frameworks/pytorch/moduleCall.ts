/**
 * Running a user's module: its `forward` on the given arguments. While a script is only read for evidence,
 * a module that was run with the same shapes before is not run again.
 */
import { findMember, getAttribute } from '../../interpreter/attributes.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { keyOf, unknown } from '../../interpreter/values.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import { recorderOf } from '../recorder.ts';
import { noteRun } from './leafModule.ts';
import { tensorOf } from './torchTensor.ts';

/** Results by instance and argument shapes; present only while evidence is gathered. */
export type RunMemory = WeakMap<InstanceValue, Map<string, Value>>;
export const RUN_MEMORY = 'torch run memory';

export function callModule(self: InstanceValue, args: CallArguments, context: CallContext): Value | null {
  const { machine } = context;
  if (findMember(self.class, 'forward') === null) {
    if (self.foreign !== null) return self.foreign.call?.(args, context) ?? null;
    return unknown(`${self.class.name} has no forward`);
  }
  machine.modelCalls++;
  const memory = machine.extensions.get(RUN_MEMORY) as RunMemory | undefined;
  const key = memory === undefined ? null : argumentsKey(args);
  const known = key === null ? undefined : memory?.get(self)?.get(key);
  if (known !== undefined) return known;
  machine.modelDepth++;
  try {
    const start = recorderOf(machine).nodes.length;
    const result = context.call(getAttribute(machine, self, 'forward'), args);
    if (memory === undefined) noteRun(self, args, result, start, context);
    if (memory !== undefined && key !== null) {
      const results = memory.get(self) ?? new Map<string, Value>();
      results.set(key, result);
      memory.set(self, results);
    }
    return result;
  } finally {
    machine.modelDepth--;
  }
}

/** null: the arguments are not all tensors or plain values. */
function argumentsKey(args: CallArguments): string | null {
  if (args.open !== null) return null;
  const parts: string[] = [];
  for (const [name, value] of [...args.positional.map((value) => ['', value] as const), ...args.keywords]) {
    const tensor = tensorOf(value);
    const key = tensor === null ? keyOf(value) : `t${tensor.shape?.join(',') ?? '?'}`;
    if (key === null) return null;
    parts.push(`${name}=${key}`);
  }
  return parts.join(';');
}
