import assert from 'node:assert/strict';
import { initialRunState } from '../../core/session/runState.ts';
import { layer, model, record } from '../testing.ts';
import { hasCost, layerItem, modelItem } from './layerItem.ts';
import { reportHtml, runPanelHtml } from './runPanelHtml.ts';
import { formatStart, runItem } from './runItem.ts';

describe('runPanelHtml', () => {
  const html = runPanelHtml({ cspSource: 'https://x', scriptUri: 'https://x/p.js', nonce: 'abc', runId: '"><script>' });

  it('allows one script by nonce and nothing by default', () => {
    assert.match(
      html,
      /default-src &#39;none&#39;; script-src &#39;nonce-abc&#39;; style-src https:\/\/x &#39;nonce-abc&#39;; img-src https:\/\/x/,
    );
    assert.ok(!html.includes('unsafe'));
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it('shows a hostile id as text', () => assert.ok(html.includes('data-run="&quot;&gt;&lt;script&gt;"')));
});

describe('reportHtml', () => {
  const parts = { cspSource: 'https://x', baseUri: 'https://x/run', dark: true };
  const style =
    '<style>@media (prefers-color-scheme: dark) { a {} } @media (prefers-color-scheme: light) { b {} }</style>';

  it('puts its policy before anything of the file, and allows no script', () => {
    const html = reportHtml('<!doctype html><html><script>alert(1)</script>', parts);
    const policy = html.indexOf('Content-Security-Policy');
    assert.ok(0 < policy && policy < html.indexOf('<html>'));
    assert.ok(!html.includes('script-src'));
    assert.match(html, /default-src &#39;none&#39;/);
  });

  it('follows the theme of the editor', () => {
    const dark = reportHtml(style, parts);
    assert.ok(dark.includes('@media all { a {} } @media not all { b {} }'));
    const light = reportHtml(style, { ...parts, dark: false });
    assert.ok(light.includes('@media not all { a {} } @media all { b {} }'));
  });
});

describe('runItem', () => {
  const facts = {
    record: record(),
    state: { ...initialRunState, status: 'running' as const },
    live: false,
    responding: true,
    cancelling: false,
    held: false,
  };
  const abilities = (change: Partial<typeof facts>) => runItem({ ...facts, ...change }).contextValue.split(' ');

  it('offers what fits the status', () => {
    assert.deepEqual(abilities({}), ['run', 'interrupted', 'resumable', 'deletable']);
    assert.deepEqual(abilities({ live: true }), ['run', 'running', 'cancellable', 'pausable']);
    assert.deepEqual(abilities({ held: true }), ['run', 'elsewhere']);
    assert.deepEqual(abilities({ live: true, responding: false }), ['run', 'notResponding', 'cancellable']);
    const ended = record({ status: 'finished' });
    assert.deepEqual(abilities({ record: ended }), ['run', 'finished', 'hasReport', 'hasModel', 'deletable']);
  });

  it('says in words what the icon says', () => {
    assert.match(runItem(facts).accessible, /^DCGAN on Fashion-MNIST, started .+, interrupted$/);
    assert.match(runItem({ ...facts, record: record({ short: true }) }).description, /DCGAN on Fashion-MNIST, short$/);
  });
});

describe('formatStart', () => {
  it('gives day and time, and leaves alone what is no date', () => {
    assert.equal(formatStart('2026-11-22T04:15:30.000Z', 'UTC'), '22 Nov 04:15');
    assert.equal(formatStart('2026-11-22T23:15:30.000Z', 'Asia/Tokyo'), '23 Nov 08:15');
    assert.equal(formatStart('yesterday'), 'yesterday');
  });
});

describe('layerItem', () => {
  it('says what the hint says', () => {
    const item = layerItem(layer());
    assert.equal(item.description, 'DoR +240 · 128×8×8 · 524K · 8.39M MAC');
    assert.equal(item.accessible, 'main.0, ConvTranspose2d, DoR +240 · 128×8×8 · 524K · 8.39M MAC');
  });

  it('tells negative from positive redundancy by shape and sign', () => {
    const negative = layerItem(layer({ dor: { value: -192, formula: 'deconv' } }));
    assert.notEqual(negative.icon, layerItem(layer()).icon);
    assert.match(negative.description, /DoR −192/);
  });

  it('shows what is unknown as unknown, with the reason', () => {
    const item = layerItem(
      layer({
        outputShape: null,
        params: null,
        macs: null,
        dor: null,
        bytes: null,
        unknown: 'in_channels is not a constant',
      }),
    );
    assert.equal(item.description, '? · ?');
    assert.ok(item.tooltip.includes('Unknown: in_channels is not a constant'));
  });

  it('leaves out layers that cost nothing', () => {
    assert.equal(hasCost(layer({ op: 'relu', params: 0, dor: null })), false);
    assert.equal(hasCost(layer({ params: null, dor: null })), true);
  });

  it('sums a model up', () => {
    assert.equal(modelItem(model()).description, '2.00 MiB · 524K params · 8.39M MAC');
  });
});
