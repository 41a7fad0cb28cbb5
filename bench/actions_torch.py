"""Runs edited sources under torch, for bench/actionsTorch.ts: builds each model, feeds it, trains one step.

A source is a script as often as a module, so its top level runs statement by statement: definitions, imports and
assignments; loops, conditions and what needs a package that is not there are passed over. Nothing is downloaded.
"""
import argparse
import ast
import importlib
import json
import os
import sys
import traceback
import types
import warnings

warnings.filterwarnings("ignore")
import torch

torch.set_num_threads(1)
torch.manual_seed(1)

# Scripts read their own command line: all defaults, nothing required.
_add = argparse.ArgumentParser.add_argument


def add_argument(self, *args, **options):
    options.pop("required", None)
    return _add(self, *args, **options)


argparse.ArgumentParser.add_argument = add_argument
argparse.ArgumentParser.parse_args = lambda self, *args, **options: self.parse_known_args([])[0]


def is_run(statement):
    if isinstance(statement, (ast.For, ast.While, ast.With, ast.If, ast.Try)):
        return False
    return not isinstance(statement, ast.Expr) or "add_argument" in ast.dump(statement)


def namespace_of(job):
    path = os.path.join(job["folder"], job["file"])
    package = os.path.dirname(job["file"]).replace("/", ".")
    for name in [name for name in sys.modules if name == "slimwise_layers" or name.endswith(".slimwise_layers")]:
        del sys.modules[name]
    names = {"__name__": "edited", "__file__": path}
    if package:
        # A package without running its __init__, whose other modules may need what is not installed.
        module = types.ModuleType(package)
        module.__path__ = [os.path.dirname(path), os.path.join(job["root"], os.path.dirname(job["file"]))]
        sys.modules[package] = module
        names["__package__"] = package
    importlib.invalidate_caches()
    with open(path) as source:
        body = ast.parse(source.read()).body
    for statement in filter(is_run, body):
        try:
            exec(compile(ast.Module([statement], []), path, "exec"), names)
        except (Exception, SystemExit) as error:
            if "slimwise" in str(error):
                raise
    return names


def run(job):
    names = namespace_of(job)
    # Names that scripts of DCGANs read from their options.
    for name, value in dict(ngpu=1, nz=100, nc=3, ngf=64, ndf=64).items():
        names.setdefault(name, value)
    model = build(ast.parse(job["entry"], mode="eval"), names)
    model.eval()
    with torch.no_grad():
        given = model(*[torch.randn(*shape) for shape in job["inputs"]])
    outputs = given if isinstance(given, (tuple, list)) else [given]
    params = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    return {"shapes": [list(output.shape) for output in outputs], "params": params, "withoutGradient": step(model, job)}


def build(entry, names):
    """What the truth calls an argument, the source may call otherwise: then arguments go by their places."""
    try:
        return eval(compile(entry, "entry", "eval"), names)
    except TypeError as error:
        if "unexpected keyword argument" not in str(error):
            raise
        entry.body.args += [word.value for word in entry.body.keywords]
        entry.body.keywords = []
        return eval(compile(entry, "entry", "eval"), names)


def step(model, job):
    """Weights without a gradient after one step; a step of a large model or image is not affordable here."""
    side = max((shape[-1] for shape in job["inputs"] if len(shape) == 4), default=1)
    if side > 64 or sum(weight.numel() for weight in model.parameters()) > 2e7:
        return []
    model.train()
    given = model(*[torch.randn(2, *shape[1:]) for shape in job["inputs"]])
    outputs = given if isinstance(given, (tuple, list)) else [given]
    sum(output.float().pow(2).mean() for output in outputs).backward()
    torch.optim.SGD(model.parameters(), 1e-3).step()
    return [name for name, weight in model.named_parameters() if weight.requires_grad and weight.grad is None][:5]


def main(jobs_file, ran_file):
    with open(jobs_file) as file:
        jobs = json.load(file)
    ran = []
    for job in jobs:
        inside = os.path.dirname(job["file"])
        paths = [os.path.join(base, part) for base in (job["folder"], job["root"]) for part in (inside, "")]
        sys.path[:0] = paths
        try:
            ran.append(run(job))
        except Exception as error:
            ran.append({"error": "".join(traceback.format_exception_only(type(error), error))[-300:].strip()})
        del sys.path[: len(paths)]
    with open(ran_file, "w") as file:
        json.dump(ran, file)


main(*sys.argv[1:])
