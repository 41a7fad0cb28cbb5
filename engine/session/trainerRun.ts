/**
 * The run as a trainer sees it: what would be written to the run folder is sent to the process that holds it,
 * in the same order. Nothing here touches a disk. The trainer's own account of how far it is stays behind,
 * because the run's process counts all of them.
 */
import { success } from '../../core/result.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import type { TrainingRun } from './sessionContext.ts';
import type { Picture, TrainerJob, TrainerReport } from './trainerProtocol.ts';

/** Events that the run's process makes itself: it writes the checkpoint, and knows how far all of them are. */
const notSent: ReadonlySet<string> = new Set(['progress', 'checkpoint']);

export function trainerRun({ base, planPath }: TrainerJob, send: (report: TrainerReport) => void): TrainingRun {
  const sendPicture = (of: Picture, step: number, png: Uint8Array) => {
    send({ kind: 'picture', of, step, png });
    // The run's process puts in the name that it wrote it under.
    return success('');
  };
  let seq = 0;
  return {
    folder: planPath,
    appendEvent(body) {
      if (!notSent.has(body.type)) send({ kind: 'event', body });
      seq += 1;
      return success({ ...body, at: 0, seq });
    },
    writeCheckpoint(content) {
      send({ kind: 'checkpoint', content });
      return success({ folder: '', bytes: 0 });
    },
    writeSample: (_, step, png) => sendPicture('sample', step, png),
    writeWalk: (_, step, png) => sendPicture('walk', step, png),
    readArtifact: (name) => success(name === runFiles.base ? base : null),
    // The status is that of the whole run, which the `paused` and `resumed` events tell.
    updateRecord: () => success(null),
  };
}
