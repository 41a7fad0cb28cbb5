import assert from 'node:assert/strict';
import { initialRunState } from '../../core/session/runState.ts';
import { layer, model, record } from '../testing.ts';
import { budgetText, verdictOf, wiseBytes } from './budgetText.ts';
import { runText } from './runText.ts';

const phone = { bytes: 4 * 1024 * 1024, label: 'phone app' };
const redundant = layer();
const irredundant = layer({
  name: 'main.2',
  dor: { value: -192, formula: 'deconv' },
  bytes: { fp32: 4_096, int8: 1_028, binary: 132 },
});

describe('budgetText', () => {
  it('counts redundant layers at one bit and the rest at full precision', () => {
    assert.equal(wiseBytes(model({ layers: [redundant, irredundant] })), 66_048 + 4_096);
    assert.equal(wiseBytes(model({ layers: [layer({ unused: true })] })), 2_097_152);
    assert.equal(wiseBytes(model({ layers: [layer({ dor: null })] })), 2_097_152);
    assert.equal(wiseBytes(model({ layers: [layer({ dor: { value: 0, formula: 'dense' } })] })), 66_048);
  });

  it('says which model, both sizes and the device', () => {
    const { text } = budgetText(model({ layers: [redundant, redundant, irredundant] }), phone);
    assert.equal(text, '$(fold-down) G 4.00 MiB fp32 · 133 KiB wise / phone app');
  });

  it('says the verdict in words, not by the icon alone', () => {
    const said = (bytes: number) => budgetText(model(), { bytes, label: 'watch app' }).tooltip[2];
    assert.equal(said(3e6), 'Watch app: 2.86 MiB. It fits as it is.');
    assert.equal(said(1e5), 'Watch app: 97.7 KiB. It fits once it is binarized wisely.');
    assert.equal(said(1e3), 'Watch app: 0.98 KiB. It does not fit, binarized or not.');
  });

  it('calls a sum over unknown layers a lower bound', () => {
    const whole = model();
    const { text, tooltip } = budgetText({ ...whole, totals: { ...whole.totals, partial: true } }, phone);
    assert.match(text, /G ≥ 2\.00 MiB fp32 · ≥ 64\.5 KiB wise/);
    assert.ok(tooltip.some((line) => line.includes('lower bounds')));
  });

  it('counts the bits that the source declares', () => {
    const declared = layer({ declared: { bits: 1, bytes: 66_048 } });
    const whole = model({ layers: [declared] });
    const { text, tooltip } = budgetText({ ...whole, totals: { ...whole.totals, declaredBytes: 66_048 } }, phone);
    assert.match(text, /G 64\.5 KiB declared · 64\.5 KiB wise/);
    assert.match(tooltip[0] ?? '', /64\.5 KiB with the bits that the source declares/);
  });

  it('takes a budget that is met exactly as met', () => {
    assert.equal(verdictOf(100, 10, 100), 'fits');
    assert.equal(verdictOf(101, 100, 100), 'fitsWise');
    assert.equal(verdictOf(101, 101, 100), 'exceeds');
  });
});

describe('runText', () => {
  const facts = { record: record(), live: true, responding: true, cancelling: false, held: true };
  const progress = { stepsDone: 1, stepsTotal: 4, secondsLeft: 30, doing: 'Only fc binarized' };

  it('says how far the run is, and what it does in the tooltip', () => {
    const said = runText({ ...facts, state: { ...initialRunState, status: 'running', progress } });
    assert.equal(said.text, '$(sync~spin) Compressing 25 % · 30 s left');
    assert.equal(said.tooltip[1], 'Only fc binarized');
  });

  it('says when the engine does not respond', () => {
    const said = runText({ ...facts, responding: false, state: { ...initialRunState, status: 'running' } });
    assert.equal(said.text, '$(warning) Compressing: not responding');
  });
});
