/**
 * `npm run bench:model-memory`: what packed generators take on disk and in memory, beside eq. (3) and beside fp32.
 * The document's DCGAN of 512 and 1024 channels with its projection binarized, each read in fresh processes. Prints
 * a table and writes `bench/results/model-memory.json`; ends with 1 where weights in memory are more than 3 % from
 * the packed tensors, or these more than 1 % from eq. (3) with its scales. Bytes do not depend on how busy it is.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureModelMemory, memoryLines, thisCommandLine, type ModelMemory } from '../engine/cli/modelMemory.ts';
import { readPacked } from '../engine/formats/packedModel.ts';
import { caseName, packedBenchModel } from './kernelsModel.ts';

const allowedResident = 0.03;
const allowedPacked = 0.01;

const folder = mkdtempSync(join(tmpdir(), 'slimwise-memory-'));
const rows: Record<string, ModelMemory & { readonly residentDeviation: number; readonly packedDeviation: number }> = {};
for (const width of [512, 1024]) {
  const kernelCase = { width, batch: 1, part: 'generator' } as const;
  const file = packedBenchModel(kernelCase, true);
  const model = join(folder, `${width}.safetensors`);
  writeFileSync(model, file);
  const packed = readPacked(file);
  if (!packed.ok) throw new Error(packed.problem.message);
  const request = { runner: thisCommandLine(), model, packed: packed.value, fileBytes: file.length };
  const measured = await measureModelMemory(request);
  if (!measured.ok) throw new Error(measured.problem.message);
  const { account, packed: reading } = measured.value;
  rows[caseName(kernelCase)] = {
    ...measured.value,
    residentDeviation: reading.residentBytes / account.tensorBytes - 1,
    packedDeviation: account.tensorBytes / (account.eq3Bytes + account.scaleBytes) - 1,
  };
  console.log(
    [
      `DCGAN of ${width} channels, projection and three transposed convolutions binary`,
      ...memoryLines(measured.value),
      '',
    ].join('\n'),
  );
}
rmSync(folder, { recursive: true, force: true });

const results = new URL('./results/', import.meta.url);
mkdirSync(results, { recursive: true });
const machine = { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version };
const record = { date: new Date().toISOString(), machine, rows };
writeFileSync(new URL('model-memory.json', results), `${JSON.stringify(record, null, 2)}\n`);
const sound = Object.values(rows).every(
  ({ residentDeviation, packedDeviation }) =>
    Math.abs(residentDeviation) <= allowedResident && Math.abs(packedDeviation) <= allowedPacked,
);
process.exit(sound ? 0 : 1);
