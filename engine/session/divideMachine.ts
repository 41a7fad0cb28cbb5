/**
 * How many single layers are trained at once, each in a process of its own, and with how many threads each:
 * the threads of a run are shared out, so that the machine does what it was given and no more. A run keeps its
 * division for good, because the threads of a training can change the last bit of its numbers; how many
 * of its processes run at once may be fewer, where memory is short, and changes nothing.
 */
export interface Division {
  readonly processes: number;
  readonly threadsEach: number;
}

export interface DivisionRequest {
  /** By the user, the setting or the plan; null: as many as there are cores for. */
  readonly wanted: number | null;
  readonly nLayers: number;
  /** Cores that the run may use. */
  readonly cores: number;
  /** Threads of the run's backend. */
  readonly threads: number;
  readonly bytesEach: number;
  readonly bytesFree: number;
}

/** The rest is for what else happens on the machine meanwhile. */
const usedShare = 0.8;

export function divideMachine({ wanted, nLayers, cores, threads, bytesEach, bytesFree }: DivisionRequest): Division {
  const processes = Math.max(1, Math.min(wanted ?? Math.min(cores, fitting(bytesEach, bytesFree)), nLayers));
  return { processes, threadsEach: threadsOfEach(threads, processes) };
}

export function threadsOfEach(threads: number, processes: number): number {
  return Math.max(1, Math.floor(threads / processes));
}

/** Of the processes of a division, those that memory holds now. */
export function atOnce(processes: number, bytesEach: number, bytesFree: number): number {
  return Math.max(1, Math.min(processes, fitting(bytesEach, bytesFree)));
}

function fitting(bytesEach: number, bytesFree: number): number {
  return Math.floor((usedShare * bytesFree) / Math.max(1, bytesEach));
}
