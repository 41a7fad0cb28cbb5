/** SW404 for Keras: what the constructors of subclass models and layers are certain to fail on, and what not. */
import assert from 'node:assert/strict';
import { describeFile } from '../../describeFile.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryHost } from '../../sourceHost.ts';

function faults(
  init: string,
  { base = 'keras.Model', head = 'from tensorflow import keras', members = '' } = {},
): string[] {
  const source = `${head}
class Net(${base}):
    def __init__(self, width=8, **options):
        super().__init__(**options)
        self.first = keras.layers.Dense(4)
        ${init}
    def call(self, x):
        return self.first(x)
    ${members}
net = Net()
net(keras.Input(shape=(4,)))
`;
  const { models } = describeFile(memoryHost({ 'm.py': source }), 'm.py', defaultSettings, {});
  assert.ok(models.length > 0, 'the fixture has a model');
  return models.flatMap(({ findings }) =>
    findings.filter(({ code }) => code === 'SW404').map(({ message }) => message),
  );
}

const unset = ["Net cannot be constructed: 'depth' is read before anything sets it."];
const useAttribute = 'self.last = keras.layers.Dense(self.depth)';

describe('SW404 in Keras classes', () => {
  it('names an attribute that nothing has set', () => {
    assert.deepEqual(faults(useAttribute), unset);
    assert.deepEqual(faults(useAttribute, { head: 'import keras', base: 'keras.models.Model' }), unset);
  });

  it('names a name that nothing defines', () => {
    assert.deepEqual(faults('self.last = keras.layers.Dense(units)'), [
      "Net cannot be constructed: the name 'units' is not defined.",
    ]);
  });

  it('is silent of what Keras itself has, in any of its versions', () => {
    assert.deepEqual(faults('self.b = [self.trainable, self.dtype, self.losses, self.weights, self.add_metric]'), []);
    assert.deepEqual(faults('self.b = [self.run_eagerly, self.compiled_loss, self.state_updates]'), []);
  });

  it('is silent where build sets it, and where self is given away', () => {
    assert.deepEqual(faults(useAttribute, { members: 'def build(self, shape): self.depth = 3' }), []);
    assert.deepEqual(faults(`print(self); ${useAttribute}`), []);
  });
});
