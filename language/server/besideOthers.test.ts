import assert from 'node:assert/strict';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const uri = 'file:///w/net.py';

/** Every place where a type checker has a hint: parameters by position, inferred variables and results. */
const source = `import torch
import torch.nn as nn

def block(c_in, c_out, stride=2):
    conv = nn.Conv2d(c_in, c_out, 3, stride, 1)
    return [conv, nn.BatchNorm2d(c_out)]

class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.a = nn.Sequential(*block(3, width), *block(width, 2 * width))  # a remark
        self.b = nn.Conv2d(
            2 * width,
            4,
            kernel_size=3,
        )   
        self.pair = [nn.Linear(4, 4), nn.Linear(4, 2)]; self.spare = nn.Linear(9, 9)

    def forward(self, x):
        y = self.b(self.a(x)).mean((2, 3))
        return self.pair[1](self.pair[0](y))

net = Net()
out = net(torch.rand(1, 3, 32, 32))
`;

describe('hints beside those of a type checker', () => {
  let editor: EditorTwin;

  afterEach(() => editor.close());

  for (const [name, text] of [
    ['', source],
    [', with CRLF', source.replaceAll('\n', '\r\n')],
  ] as const) {
    it(`stand at line ends only, one to a line, in a form of their own${name}`, async () => {
      editor = await startTwin();
      await editor.open(uri, text);
      const hints = await editor.hints(uri);
      const lines = text.split(/\r?\n/);
      assert.ok(hints.length >= 4, `only ${hints.length} hints`);
      for (const { position, label, kind } of hints) {
        const said = String(label);
        assert.equal(position.character, lines[position.line]?.length, said);
        // Type checkers write `name=`, `: type` and `-> type`, and mark them as kind 1 or 2.
        assert.match(said, /^(→|×\d+( each)?: |never run )/u);
        assert.doesNotMatch(said, /=$|^:|->/);
        assert.equal(kind, undefined);
      }
      const places = hints.map(({ position }) => position.line);
      assert.equal(new Set(places).size, places.length);
    });
  }
});
