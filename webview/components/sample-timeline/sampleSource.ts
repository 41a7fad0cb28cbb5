/**
 * URIs of sample grids, asked of the host once each and kept. Dragging a slider over a thousand steps
 * asks only for what is looked at; a failure is told and asked again the next time, not remembered.
 */
import type { Problem } from '../../../core/problem.ts';
import type { VariantId } from '../../../core/session/runEvent.ts';
import type { Result } from '../../../core/result.ts';

export interface SampleRequests {
  sample(variant: VariantId, step: number): Promise<Result<{ readonly uri: string }>>;
  realSample(): Promise<Result<{ readonly uri: string }>>;
}

/** A grid of one variant and step, or the real images. */
export type SampleKey =
  | {
      readonly variant: VariantId;
      readonly step: number;
      /** Another one is another picture: a resumed run draws a step again. */
      readonly revision?: number | undefined;
    }
  | 'real';

export type SampleImage =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly uri: string }
  | { readonly state: 'failed'; readonly problem: Problem };

export interface SampleSource {
  /** What is known now; asks the host where nothing is. */
  image(key: SampleKey): SampleImage;
  /** Forgets failures, so that they are asked again. */
  retry(): void;
}

/** Old URIs are dropped beyond this many; a URI is short, so this is generous. */
const nKept = 4096;

export function createSampleSource(requests: SampleRequests, onChange: () => void): SampleSource {
  const images = new Map<string, SampleImage>();

  const ask = async (key: SampleKey, name: string): Promise<void> => {
    images.set(name, { state: 'loading' });
    const result = key === 'real' ? await requests.realSample() : await requests.sample(key.variant, key.step);
    images.set(
      name,
      result.ok ? { state: 'ready', uri: result.value.uri } : { state: 'failed', problem: result.problem },
    );
    if (images.size > nKept) {
      const oldest = images.keys().next().value;
      if (oldest !== undefined) images.delete(oldest);
    }
    onChange();
  };

  return {
    image(key) {
      const name = nameOf(key);
      const known = images.get(name);
      if (known !== undefined) return known;
      void ask(key, name);
      return { state: 'loading' };
    },
    retry() {
      for (const [name, image] of images) if (image.state === 'failed') images.delete(name);
      onChange();
    },
  };
}

function nameOf(key: SampleKey): string {
  return key === 'real' ? 'real' : `${key.step}#${key.revision ?? 0}@${key.variant}`;
}
