"""Reads a packed Slimwise model with nothing but Python's standard library.

    python3 read_packed.py model.safetensors            lists its weights
    python3 read_packed.py model.safetensors fc.weight  writes one as raw little-endian float32

`weights(path)` gives {name: (shape, values)}; with NumPy: np.array(values, 'f4').reshape(shape).
"""
import array, json, math, sys


def read(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header, data = json.loads(file.read(length)), file.read()
    meta = header.pop("__metadata__")
    if meta["format"] != "slimwise-packed" or int(meta["version"]) > 2:
        raise ValueError("not a packed model of version 1 or 2")
    return header, data, meta


def weights(path):
    header, data, meta = read(path)
    raw = {name: (t["shape"], data[slice(*t["data_offsets"])]) for name, t in header.items()}
    coded = {**json.loads(meta["binary"]), **json.loads(meta.get("planes", "{}"))}
    found = {}
    for name, how in coded.items():
        planes, scales = raw.pop(name + ".planes")[1], floats(raw.pop(name + ".scales")[1])
        found[name] = how["shape"], decode(how["shape"], how["outAxis"], how.get("bits", 1), scales, planes)
    for name, (shape, values) in raw.items():
        found[name] = shape, floats(values)
    return found


def floats(data):
    values = array.array("f", data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def decode(shape, out_axis, bits, scales, planes):
    rows, inner = shape[out_axis], math.prod(shape[out_axis + 1:])
    per_row = math.prod(shape) // rows
    row_bytes = (per_row + 7) // 8
    # value = scale * unit * sum over planes of coefficient * (+1 where the bit is set, else -1)
    unit, steps = (0.5, [1, 1]) if bits == "ternary" else (1, [2**b for b in range(bits)])
    values = array.array("f", bytes(4 * rows * per_row))
    for row in range(rows):
        for i in range(per_row):
            number = 0
            for plane, step in enumerate(steps):
                byte = planes[(plane * rows + row) * row_bytes + i // 8]
                number += step if byte >> (i % 8) & 1 else -step
            values[i // inner * rows * inner + row * inner + i % inner] = scales[row] * unit * number
    return values


if __name__ == "__main__":
    model = weights(sys.argv[1])
    if len(sys.argv) > 2:
        sys.stdout.buffer.write(model[sys.argv[2]][1].tobytes())
    else:
        for name, (shape, values) in model.items():
            print(f"{name:32} {str(shape):24} {len(set(values)):8} different values")
