/** Why a model file cannot be drawn from by the bit kernels. The engine may still be able to. */
import type { Problem } from '../../core/problem.ts';

export function runtimeCannotRun(what: string, why: string): Problem {
  return {
    code: 'SWP_RUNTIME_OPERATOR',
    message: `The packed runtime cannot run ${what}: ${why}.`,
    hint: "Draw with the engine instead ('slimwise generate --backend auto'), which runs everything that it trains.",
  };
}

export function runtimeWeightMissing(name: string): Problem {
  return {
    code: 'SWP_RUNTIME_WEIGHT',
    message: `The model file has no weight ${JSON.stringify(name)} of the shape that its network needs.`,
    hint: 'Pack the run again; the file was cut or edited.',
  };
}
