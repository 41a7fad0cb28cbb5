import assert from 'node:assert/strict';
import { describeFile } from '../../describeFile.ts';
import { describeAgain } from '../../incremental/describeAgain.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryHost } from '../../sourceHost.ts';

interface Fixture {
  /** Statements of `__init__`, after `super().__init__()`. */
  readonly init: string;
  /** Before the class. */
  readonly before?: string;
  /** In the class, beside `__init__` and `forward`. */
  readonly members?: string;
  /** After the class. */
  readonly after?: string;
  readonly base?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** Files with one model whose constructor is the fixture's. */
function filesOf({ init, before = '', members = '', after = '', base = 'nn.Module', ...rest }: Fixture) {
  const indent = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);
  const source = `import torch
import torch.nn as nn
${before}
class Net(${base}):
    def __init__(self, width=8, *args, **options):
        super().__init__()
        self.first = nn.Linear(4, 4)
${indent(init, '        ')}
${indent(members, '    ')}
    def forward(self, x):
        return self.first(x)
${after}
`;
  return { ...rest.files, [rest.path ?? 'm.py']: source };
}

function faults(fixture: Fixture): string[] {
  const { models } = describeFile(memoryHost(filesOf(fixture)), fixture.path ?? 'm.py', defaultSettings, {});
  assert.ok(models.length > 0, 'the fixture has a model');
  return models
    .flatMap(({ findings }) => findings.filter(({ code }) => code === 'SW404'))
    .map(({ message }) => message);
}

const undefinedName = ["Net cannot be constructed: the name 'chanels' is not defined."];
const unsetAttribute = ["Net cannot be constructed: 'depth' is read before anything sets it."];

const useName = 'self.c = nn.Conv2d(chanels, 64, 3)';
const useAttribute = 'self.c = nn.Conv2d(self.depth, 64, 3)';

function table(expected: readonly string[], cases: Readonly<Record<string, Fixture>>): void {
  for (const [name, fixture] of Object.entries(cases)) it(name, () => assert.deepEqual(faults(fixture), expected));
}

describe('SW404: a name that nothing defines', () => {
  describe('is told', () => {
    table(undefinedName, {
      'in an argument': { init: useName },
      'once for several uses': { init: `${useName}\n${useName}` },
      'deep inside an expression': { init: 'self.c = nn.Sequential(*[nn.Linear(2 * (1 + chanels), 4)])' },
      'as the first operand of a condition': { init: 'if chanels > 3 and width:\n    pass' },
      'in the list that a comprehension runs over': { init: 'self.c = [k for k in chanels]' },
      'in a loop that is certain to run': { init: 'for k in range(3):\n    self.c = nn.Linear(chanels, k)' },
      'where only another function has it': { init: useName, before: 'def f(chanels):\n    return chanels' },
      'where only a comprehension inside a lambda has it': {
        init: `f = lambda: [chanels for chanels in width]\n${useName}`,
      },
      'where only the class body has it, which methods do not see': { init: useName, members: 'chanels = 3' },
    });
  });

  describe('is not told', () => {
    table([], {
      'where the module defines it later': { init: useName, after: 'chanels = 3' },
      'where the module defines it under a condition': { init: useName, before: 'if torch:\n    chanels = 3' },
      'where the module may define it in try': {
        init: useName,
        before: 'try:\n    from sizes import chanels\nexcept ImportError:\n    pass',
      },
      'where a function declares it global': {
        init: useName,
        after: 'def setup():\n    global chanels\n    chanels = 3',
      },
      'where a loop, a with, an import or a walrus of the module binds it': {
        init: 'self.c = [a, b, c, d, e]',
        before:
          'for a, (b, *_) in []:\n    pass\nwith open("x") as c:\n    pass\nimport d.inner\nprint(e := 3, [e for e in a])',
      },
      'where the module deletes it': { init: useName, before: 'chanels = 3\ndel chanels' },
      'where the constructor binds it later': { init: `if width:\n    ${useName}\n${useName}\nchanels = 3` },
      'for parameters, *args and **options': { init: 'self.c = [width, args, options, self]' },
      'for what a comprehension binds': {
        init: 'self.c = dict((k, v) for v, k in enumerate(args))\nself.d = {k: v for k, v in options.items()}',
      },
      'for a name that a handler binds': { init: 'try:\n    pass\nexcept ValueError as problem:\n    print(problem)' },
      'for built-ins, of Python 2 too': { init: 'self.c = [len, xrange, __file__, __name__, NotImplementedError]' },
      'after a star import': { init: useName, before: 'from sizes import *' },
      'beside globals(), exec, vars() and builtins': { init: useName, before: "globals()['chanels'] = 3" },
      'beside exec': { init: useName, before: "exec('chanels = 3')" },
      'beside builtins': { init: useName, before: 'import builtins\nbuiltins.chanels = 3' },
      'in a file with syntax errors': { init: useName, after: 'chanels 3 = (' },
      'beside match, whose patterns bind': { init: useName, before: 'match torch:\n    case chanels:\n        pass' },
      'under a condition': { init: `if width == 3:\n    ${useName}` },
      'where try may catch it': { init: `try:\n    ${useName}\nexcept NameError:\n    pass` },
      'where with may swallow it': {
        init: `with suppress(NameError):\n    ${useName}`,
        before: 'from c import suppress',
      },
      'in a loop that may not run': { init: `for k in args:\n    ${useName}` },
      'behind and, or, if … else': { init: 'self.c = [width or chanels, width and chanels, chanels if width else 3]' },
      'in a function or a lambda inside': { init: 'def f():\n    return chanels\nself.c = lambda: chanels' },
      'in an annotation': { init: 'self.c: chanels = 3' },
      'after a return that may be taken': { init: `if width == 3:\n    return\n${useName}` },
      'after an exception that may be raised': { init: `if width == 3:\n    raise ValueError\n${useName}` },
      'in a class with a decorator': { init: useName, before: '@register' },
      'in a class with a metaclass': { init: useName, base: 'nn.Module, metaclass=Meta', before: 'Meta = type' },
      'in a class that is bound twice': { init: useName, after: 'for Net in []:\n    pass' },
      'where another file sets it on the module': {
        init: useName,
        files: { 'main.py': 'import m\nm.chanels = 3\nm.Net()' },
      },
      'in a notebook, whose magics may define it': { init: useName, path: 'x.ipynb.py' },
    });
  });

  it('vanishes when a line elsewhere defines the name, and comes back', () => {
    const describe = (after: string, before: ReturnType<typeof describeAgain> | null) =>
      describeAgain(
        memoryHost(filesOf({ init: useName, after: `def setup():\n    ${after}` })),
        'm.py',
        defaultSettings,
        before,
      );
    const count = ({ description }: ReturnType<typeof describeAgain>): number =>
      description.models.flatMap(({ findings }) => findings.filter(({ code }) => code === 'SW404')).length;
    const first = describe('pass', null);
    const second = describe('global chanels', first);
    const third = describe('pass', second);
    assert.deepEqual([first, second, third].map(count), [1, 0, 1]);
  });

  it('says nothing of a file that nests deeper than any stack', () => {
    const deep = `${'('.repeat(4000)}1${')'.repeat(4000)}`;
    assert.deepEqual(faults({ init: useName, after: `def f():\n    return ${deep}` }), []);
  });

  it('is told once where two models share the class, and stands at the name', () => {
    const block = 'class Block(nn.Module):\n    def __init__(self):\n        self.c = nn.Linear(chanels, 3)';
    const other =
      'class Other(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.b = Block()\n' +
      '        self.l = nn.Linear(2, 2)\n    def forward(self, x):\n        return self.l(x)';
    const files = filesOf({ init: 'self.block = Block()', before: block, after: other });
    const { models } = describeFile(memoryHost(files), 'm.py', defaultSettings, {});
    const found = models.flatMap(({ findings }) => findings.filter(({ code }) => code === 'SW404'));
    assert.equal(models.length, 2);
    assert.deepEqual(
      found.map(({ line, column, endColumn }) => [line, column, endColumn]),
      [[5, 27, 34]],
    );
  });
});

describe('SW404: an attribute that nothing has set', () => {
  describe('is told', () => {
    table(unsetAttribute, {
      'where nothing sets it': { init: useAttribute },
      'where it is a parameter that was not kept': { init: 'depth = 3\nself.c = nn.Linear(self.depth, 3)' },
      'where it is set later': { init: `${useAttribute}\nself.depth = 3` },
      'as a method that the class lacks': { init: 'self.depth()' },
      'beside buffers with other names': {
        init: `self.register_buffer('kernel', torch.ones(3))\nself.add_module('tail', nn.ReLU())\n${useAttribute}`,
      },
      'with a base of the same file': {
        init: useAttribute,
        base: 'Base',
        before:
          'class Base(nn.Module):\n    def __init__(self):\n        nn.Module.__init__(self)\n        self.other = 3',
      },
      'where a class that has nothing to do with it sets one of the same name': {
        init: useAttribute,
        after: 'class Trainer:\n    def __init__(self):\n        self.depth = 3',
      },
      'in a notebook': { init: useAttribute, path: 'x.ipynb.py' },
    });
  });

  describe('is not told', () => {
    const base = (body: string): Fixture => ({
      init: useAttribute,
      base: 'Base',
      before: `class Base(nn.Module):\n${body.replace(/^/gm, '    ')}`,
    });
    table([], {
      'where it is set before': { init: `self.depth = 3\n${useAttribute}` },
      'where it is set under a condition before': { init: `if width:\n    self.depth = 3\n${useAttribute}` },
      'where another method sets it': {
        init: `self.setup()\n${useAttribute}`,
        members: 'def setup(self):\n    self.depth = 3',
      },
      'where the class has it': { init: useAttribute, members: 'depth = 3' },
      'where it is a method or a property': {
        init: useAttribute,
        members: '@property\ndef depth(self):\n    return 3',
      },
      'where a base sets it': base('def __init__(self):\n    super().__init__()\n    self.depth = 3'),
      'where a base has it': base('depth = 3'),
      'where a base answers for any name': base('def __getattr__(self, name):\n    return 3'),
      'where a base stands in another file': {
        init: useAttribute,
        base: 'Base',
        before: 'from bases import Base',
        files: { 'bases.py': 'import torch.nn as nn\nclass Base(nn.Module):\n    depth = 3' },
      },
      'where a class beside it sets one, and another class joins both': {
        init: useAttribute,
        after: [
          'class Other(nn.Module):',
          '    def __init__(self):',
          '        self.depth = 3',
          '        super().__init__()',
          'class Both(Other, Net):',
          '    pass',
        ].join('\n'),
      },
      'with a mixin': { init: useAttribute, base: 'Mixin, nn.Module', before: 'class Mixin:\n    pass' },
      'for attributes of every module': {
        init: 'self.c = [self.training, self.to, self._buffers, self.named_modules]',
      },
      'where register_buffer names it': { init: `self.register_buffer('depth', torch.ones(3))\n${useAttribute}` },
      'where a parameter is registered by a computed name': {
        init: `for k in args:\n    self.register_parameter(k, None)\n${useAttribute}`,
      },
      'where modules are added by computed names': {
        init: `self.add_module('de' + 'pth', nn.ReLU())\n${useAttribute}`,
      },
      'beside setattr': { init: `for k in options:\n    setattr(self, k, 3)\n${useAttribute}` },
      'where a module is put into _modules': {
        init: `for k in options:\n    self._modules[k] = nn.ReLU()\n${useAttribute}`,
      },
      'where it is set among others, or as a loop variable': {
        init: `(self.a, [self.depth]) = 3, [4]\nfor self.b in range(3):\n    pass\nself.c = [self.a, self.b]\n${useAttribute}`,
      },
      'beside __dict__': { init: `self.__dict__.update(options)\n${useAttribute}` },
      'where self is given away': { init: `configure(self)\n${useAttribute}`, before: 'from c import configure' },
      'where self is given to the constructor of a base': {
        init: `super().__init__(self)\n${useAttribute}`,
      },
      'where apply gives it away': { init: `self.apply(print)\n${useAttribute}` },
      'where the object has another name for a while': { init: `me = self\nme.depth = 3\n${useAttribute}` },
      'where a subclass of the file brings it': { init: useAttribute, after: 'class Deep(Net):\n    depth = 3' },
      'where a subclass of the file sets it first': {
        init: useAttribute,
        after: 'class Deep(Net):\n    def __init__(self):\n        self.depth = 3\n        super().__init__()',
      },
      'where a subclass of another file may bring it': {
        init: useAttribute,
        files: { 'deep.py': 'from m import Net\nclass Deep(Net):\n    depth = 3' },
      },
      'where another file sets it on the class': {
        init: useAttribute,
        files: { 'main.py': 'from m import Net\nNet.depth = 3' },
      },
      'in a package, whose classes are there to be extended': {
        init: useAttribute,
        path: 'lib/m.py',
        files: { 'lib/__init__.py': '' },
      },
      'where hasattr asks for it': { init: "self.c = self.depth if hasattr(self, 'depth') else 3" },
      'in a loop that sets it': { init: 'for k in range(3):\n    print(self.depth)\n    self.depth = k' },
    });
  });
});
