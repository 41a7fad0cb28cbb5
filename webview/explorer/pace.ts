/**
 * How fast images are drawn: the typical time of one image, and frames per second while something moves. A
 * webview's clock is coarse (a tenth of a millisecond), so a typical time is the mean of the middle half of
 * the last draws, not their median.
 */
export interface Pace {
  addDraw(ms: number): void;
  /** null before the first draw. */
  imageMs(): number | null;
}

const nKept = 64;

export function createPace(): Pace {
  const times: number[] = [];
  return {
    addDraw(ms) {
      times.push(ms);
      if (times.length > nKept) times.shift();
    },
    imageMs: () => middleMean(times),
  };
}

export interface FrameRate {
  /** A frame was drawn at this time. A pause starts the count anew. */
  addFrame(atMs: number): void;
  /** null until there are enough frames without a pause. */
  perSecond(): number | null;
  /** Frames since the start. */
  nFrames(): number;
}

const pauseMs = 250;
const enough = 10;

export function createFrameRate(): FrameRate {
  let frames: number[] = [];
  let count = 0;
  return {
    addFrame(atMs) {
      count++;
      const last = frames.at(-1);
      if (last !== undefined && atMs - last > pauseMs) frames = [];
      frames.push(atMs);
      if (frames.length > nKept) frames.shift();
    },
    perSecond() {
      const [first, last] = [frames[0], frames.at(-1)];
      if (first === undefined || last === undefined || frames.length < enough || last <= first) return null;
      return (1000 * (frames.length - 1)) / (last - first);
    },
    nFrames: () => count,
  };
}

function middleMean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
