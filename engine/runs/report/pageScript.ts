/**
 * The one script of an exported page, allowed by its SHA-256 in the page's policy. It adds what needs a canvas: a
 * PNG button to every chart and picture figure, an SVG button to picture figures, and moves the grids of a
 * comparison with its slider. It asks for nothing and sends nothing; without it the page reads the same.
 */
import { createHash } from 'node:crypto';

export const pageScript = `'use strict';
(() => {
  const save = (name, uri) => {
    const link = document.createElement('a');
    link.download = name;
    link.href = uri;
    link.click();
  };
  const draw = (svg, name) => {
    const image = new Image();
    image.onload = () => {
      const scale = 2;
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth * scale;
      canvas.height = image.naturalHeight * scale;
      const context = canvas.getContext('2d');
      context.imageSmoothingEnabled = false;
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      save(name, canvas.toDataURL('image/png'));
    };
    image.src = svg;
  };
  const text = (value) => value.replace(/[&<>"']/g, (character) => '&#' + character.charCodeAt(0) + ';');
  const compose = (figure) => {
    const side = 260, gap = 16, line = 22, across = 4;
    const tiles = [...figure.querySelectorAll('.tile-figure')].filter((tile) => tile.checkVisibility());
    const width = Math.min(across, tiles.length) * (side + gap) + gap;
    const height = Math.ceil(tiles.length / across) * (side + line + gap) + gap;
    const parts = tiles.map((tile, i) => {
      const x = gap + (i % across) * (side + gap);
      const y = gap + Math.floor(i / across) * (side + line + gap);
      const image = tile.querySelector('img');
      return '<image x="' + x + '" y="' + y + '" width="' + side + '" height="' + side +
        '" style="image-rendering:pixelated" href="' + image.src + '"/><text x="' + x + '" y="' + (y + side + 15) + '">' +
        text(tile.querySelector('figcaption').textContent.trim()) + '</text>';
    });
    return 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="' +
      width + '" height="' + height + '" viewBox="0 0 ' + width + ' ' + height +
      '"><rect width="100%" height="100%" fill="#ffffff"/><g font-family="system-ui,sans-serif" font-size="13" fill="#1d2129">' +
      parts.join('') + '</g></svg>');
  };
  const add = (row, label, act) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'export';
    button.dataset.kind = label;
    button.textContent = label;
    button.addEventListener('click', act);
    row.prepend(button);
  };
  for (const figure of document.querySelectorAll('[data-figure]')) {
    const row = figure.querySelector('.exports');
    const name = figure.dataset.figure;
    const chart = row && row.querySelector('[data-kind="SVG"]');
    if (chart) add(row, 'PNG', () => draw(chart.href, name + '.png'));
    else if (row && figure.querySelector('.tile-figure')) {
      add(row, 'SVG', () => save(name + '.svg', compose(figure)));
      add(row, 'PNG', () => draw(compose(figure), name + '.png'));
    }
  }
  const slider = document.querySelector('#stop');
  if (slider) {
    const steps = JSON.parse(slider.dataset.steps);
    const show = () => {
      const stop = steps[Number(slider.value)];
      document.querySelector('#stopText').textContent = 'Step ' + stop;
      slider.setAttribute('aria-valuetext', 'Step ' + stop);
      for (const tile of document.querySelectorAll('[data-grids]')) {
        let shown = null;
        for (const image of tile.querySelectorAll('img')) {
          image.hidden = true;
          if (shown === null || Number(image.dataset.step) <= stop) shown = image;
        }
        if (shown) {
          shown.hidden = false;
          tile.querySelector('figcaption .step').textContent = 'step ' + shown.dataset.step;
        }
      }
    };
    slider.addEventListener('input', show);
    document.querySelector('#sliderRow').hidden = false;
    show();
  }
})();
`;

/** As a policy names it. */
export const pageScriptHash = `sha256-${createHash('sha256').update(pageScript).digest('base64')}`;
