/**
 * `.slimwise/sensitivity.json`: what lower precision does to each layer, measured one layer at a time on a trained
 * generator with fixed latents and no further training. The engine writes it and the language server reads it; a
 * layer's measurement holds as long as the layer is built as it was (`layerFingerprint`) and is stale afterwards,
 * whatever else changes in the file. What is read back is believed only after it was checked.
 */
import type { OpCall } from '../graph/ops.ts';
import type { SensitivityReport } from '../report/analyzeReport.ts';

export interface SensitivityFile {
  readonly version: 1;
  readonly networks: readonly NetworkSensitivity[];
}

export interface NetworkSensitivity {
  /** Relative to the folder that holds `.slimwise`. */
  readonly file: string;
  /** The class or builder: `Generator`. */
  readonly model: string;
  /** SHA-256 of the file's text when it was measured. */
  readonly sha256: string;
  /** The run whose weights were measured. */
  readonly run: string;
  /** SWD ×10³ of the unchanged generator, over so many images. */
  readonly swd: number;
  readonly nImages: number;
  readonly layers: readonly MeasuredLayer[];
}

export interface MeasuredLayer {
  readonly name: string;
  readonly fingerprint: string;
  readonly bits: readonly MeasuredBits[];
}

export interface MeasuredBits {
  readonly bits: number;
  /** dB between what is drawn with the layer at so many bits and at full precision. */
  readonly psnr: number;
  /** SWD ×10³ with the layer at so many bits, and its rise. */
  readonly swd: number;
  readonly rise: number;
}

/** How a layer is built, in one line: its operator and all its attributes, by name. */
export function layerFingerprint({ op, attributes }: OpCall): string {
  const entries = Object.entries(attributes as unknown as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${op} ${entries.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ')}`;
}

/** null: not such a file, or of a newer version. */
export function parseSensitivity(text: string): SensitivityFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['networks'])) return null;
  return value['networks'].every(isNetwork) ? (value as unknown as SensitivityFile) : null;
}

/** `networks` with one network's measurements put in place of its earlier ones. */
export function withNetwork(file: SensitivityFile | null, network: NetworkSensitivity): SensitivityFile {
  const others = (file?.networks ?? []).filter((other) => other.file !== network.file || other.model !== network.model);
  return { version: 1, networks: [...others, network] };
}

/** A rise of SWD by less than this share of full precision's is not called a loss. */
const toleratedShare = 0.05;

export type LayerMeasurement =
  | { readonly state: 'measured'; readonly sensitivity: SensitivityReport; readonly layer: MeasuredLayer }
  /** The layer is built differently now. */
  | { readonly state: 'stale'; readonly layer: MeasuredLayer };

/** What is known of a layer of the network as it stands in the source now; null: it was never measured. */
export function measurementOf(network: NetworkSensitivity, name: string, call: OpCall): LayerMeasurement | null {
  const layer = network.layers.find((measured) => measured.name === name);
  if (layer === undefined) return null;
  if (layer.fingerprint !== layerFingerprint(call)) return { state: 'stale', layer };
  return { state: 'measured', layer, sensitivity: levelOf(network, layer) };
}

/** By the fewest bits at which SWD stays within the tolerated rise: 1 is low, up to 4 medium, more high. */
function levelOf({ swd, nImages }: NetworkSensitivity, { bits }: MeasuredLayer): SensitivityReport {
  const enough = bits.filter(({ rise }) => rise <= toleratedShare * swd).map((measured) => measured.bits);
  const fewest = enough.length === 0 ? Infinity : Math.min(...enough);
  const level = fewest <= 1 ? 'low' : fewest <= 4 ? 'medium' : 'high';
  const at = bits
    .map((row) => `${row.bits} bit ${row.rise < 0 ? '−' : '+'}${Math.abs(row.rise).toFixed(1)}`)
    .join(', ');
  const verdict =
    fewest === Infinity
      ? 'it costs quality at every precision that was tried'
      : `it keeps SWD within ${toleratedShare * 100} % from ${fewest} ${fewest === 1 ? 'bit' : 'bits'} on`;
  return {
    level,
    basis: 'measured',
    why: `Measured without retraining, ${verdict}: SWD ×10³ ${swd.toFixed(1)} over ${nImages} images, ${at}.`,
  };
}

function isNetwork(value: unknown): boolean {
  return (
    isRecord(value) &&
    ['file', 'model', 'sha256', 'run'].every((key) => typeof value[key] === 'string') &&
    ['swd', 'nImages'].every((key) => Number.isFinite(value[key])) &&
    Array.isArray(value['layers']) &&
    value['layers'].every(isLayer)
  );
}

function isLayer(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['fingerprint'] === 'string' &&
    Array.isArray(value['bits']) &&
    value['bits'].every(
      (row) => isRecord(row) && ['bits', 'psnr', 'swd', 'rise'].every((key) => Number.isFinite(row[key])),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
