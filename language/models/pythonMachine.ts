/** A machine for Python with every library that models are written with. */
import { argparseLibrary } from '../interpreter/libraries/argparseLibrary.ts';
import { mathLibrary } from '../interpreter/libraries/mathLibrary.ts';
import { numpyLibrary } from '../interpreter/libraries/numpyLibrary.ts';
import { standardLibrary } from '../interpreter/libraries/standardLibrary.ts';
import type { Machine, MachineLimits } from '../interpreter/machine.ts';
import { createMachine } from '../interpreter/machine.ts';
import { pythonSemantics } from '../interpreter/python/pythonSemantics.ts';
import { kerasLibrary } from '../frameworks/keras/kerasLibrary.ts';
import { visionLibrary } from '../frameworks/vision/visionLibrary.ts';
import { slimwisePython } from '../frameworks/slimwise/slimwiseLibrary.ts';
import { timmLibrary } from '../frameworks/pytorch/timmLibrary.ts';
import { torchLibrary } from '../frameworks/pytorch/torchLibrary.ts';
import type { SourceHost } from '../sourceHost.ts';

export function pythonMachine(host: SourceHost, limits: Partial<MachineLimits> = {}): Machine {
  return createMachine({
    host,
    semantics: [pythonSemantics],
    libraries: [
      slimwisePython,
      visionLibrary,
      torchLibrary,
      timmLibrary,
      kerasLibrary,
      numpyLibrary,
      mathLibrary,
      argparseLibrary,
      standardLibrary,
    ],
    limits,
  });
}
