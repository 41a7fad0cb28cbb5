/**
 * The end of a training step. On the lazy backend everything that the step recorded is compiled (the first
 * time) and run here, in one native call, so losses and weights can be read afterwards without changing what
 * is compiled. On every other backend the work is done already and this does nothing.
 */
import { currentOrtBackend } from './registerBackend.ts';

export function endStep(): void {
  currentOrtBackend()?.flush();
}

/**
 * Between two trainings whose graphs differ: every compiled graph holds an arena of its own, so those that
 * will not come again are let go. Tensors stay.
 */
export function releaseGraphs(): void {
  currentOrtBackend()?.releaseGraphs();
}
