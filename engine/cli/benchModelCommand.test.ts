/**
 * The memory that `slimwise bench-model` tells, held to what PBGen's eq. (3) promises: weights in memory within 3 %
 * of the packed tensors, these within 1 % of eq. (3) with its scales, both read in fresh processes of their own.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packGenerator } from '../compress/packGenerator.ts';
import { readPacked } from '../formats/packedModel.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGenerator } from '../train/handGraph.ts';
import { createNetwork } from '../train/network.ts';
import { callCli } from './callCli.ts';
import { measureModelMemory, thisCommandLine } from './modelMemory.ts';

describe('slimwise bench-model', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-bench-'));
  const model = join(folder, 'model.safetensors');
  const binarized = ['fc', 'main.2', 'main.5'];
  let file: Uint8Array = new Uint8Array();

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    // 100 latents, 512 channels of 4×4, then 256, 128 and 1: bits of 100 do not fill their bytes, as in a real model.
    const network = createNetwork(handGenerator({ latents: 100, channels: [512, 256, 128], colours: 1 }), 1);
    assert.ok(network.ok);
    const weights = network.value.readWeights();
    file = packGenerator({ network: network.value, weights, binarized, plan: {}, sources: {} });
    writeFileSync(model, file);
    writeFileSync(
      join(folder, 'slimwise.json'),
      JSON.stringify({ devices: [{ id: 'tight', label: 'Tight board', budgetBytes: 1000 }] }),
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: readonly string[]) => callCli(folder, ['bench-model', ...args]);

  it('reads weights in memory within 3 % of the tensors, these within 1 % of eq. (3) with scales', async () => {
    const packed = readPacked(file);
    assert.ok(packed.ok);
    const request = { runner: thisCommandLine(), model, packed: packed.value, fileBytes: file.length };
    const measured = await measureModelMemory(request);
    assert.ok(measured.ok, measured.ok ? '' : measured.problem.message);
    const { account, packed: reading, fp32 } = measured.value;
    const deviation = (a: number, b: number): number => Math.abs(a / b - 1);
    assert.ok(account.nCoded > 3_000_000);
    const promised = account.eq3Bytes + account.scaleBytes;
    assert.ok(deviation(account.tensorBytes, promised) < 0.01, `${account.tensorBytes} of ${promised}`);
    assert.ok(
      deviation(reading.residentBytes, account.tensorBytes) < 0.03,
      `${reading.residentBytes} of ${account.tensorBytes}`,
    );
    assert.ok(deviation(fp32.residentBytes, account.fp32Bytes) < 0.03, `${fp32.residentBytes} of ${account.fp32Bytes}`);
    assert.ok(reading.peakActivationBytes > 0 && reading.peakRunBytes >= reading.peakActivationBytes);
    const [empty, opened, drawn] = fp32.rssBytes;
    assert.ok(empty > 0 && opened > empty && drawn > 0);
  });

  it('prints times, memory beside fp32, and the same as JSON', async () => {
    const { code, out } = await run(model, '--runs', '2');
    assert.equal(code, 0);
    assert.match(out, /weights in memory\s+\d+ KiB\s+[\d.]+ MiB\s+2\d\.\d×/);
    assert.match(out, /eq\. \(3\): weights by their bits/);
    const { out: json } = await run(model, '--runs', '1', '--json');
    const told = JSON.parse(json) as { fileBytes: number; memory: { account: { nCoded: number } }; budget: null };
    assert.equal(told.fileBytes, file.length);
    assert.ok(told.memory.account.nCoded > 3_000_000);
    assert.equal(told.budget, null);
  });

  it('holds the file against a device, with an exit code', async () => {
    const quick = [model, '--runs', '1', '--no-memory'];
    const fits = await run(...quick, '--device', 'phone');
    assert.deepEqual([fits.code, /Phone app: it fits, \d+ KiB of 4\.00 MiB/.test(fits.out)], [0, true]);
    const tight = await run(...quick, '--device', 'tight');
    assert.deepEqual([tight.code, /Tight board: it does not fit/.test(tight.out)], [1, true]);
    const unknown = await run(...quick, '--device', 'toaster');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /phone, watch, .*tight.*SWP_CLI_NO_SUCH_DEVICE/s);
    writeFileSync(join(folder, 'slimwise.json'), JSON.stringify({ devices: [{ id: 'phone', budgetBytes: 1 }] }));
    assert.match((await run(...quick, '--device', 'tight')).err, /entry 1 takes the id "phone".*SWP_DEVICES_UNSOUND/s);
  });
});
