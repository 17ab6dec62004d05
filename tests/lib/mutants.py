"""Conditions turned round one at a time, in the functions and methods of a module, to see whether a test notices."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from types import CodeType, FunctionType, ModuleType

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {  # turned round, and moved by one
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
NAMES = {"MET": ("NOT_MET", "NOT_KNOWN"), "NOT_MET": ("MET",), "NOT_KNOWN": ("MET",)}
SAID_ELSEWHERE = (ast.Compare, ast.BoolOp, ast.UnaryOp)  # a condition of one of these kinds is changed where it stands
CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One function with one thing otherwise; `code` takes the place of the function's own."""

    function: str
    line: int
    change: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.function}, line {self.line}: {self.change}"


def mutants_of(module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of every function at the top of a module and of every method of its classes."""
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for name, function in _functions(tree).items():
        for at, node in enumerate(ast.walk(function)):
            for turn in range(len(_changes(node))):
                whole = copy.deepcopy(tree)
                twin = _functions(whole)[name]
                change = _changes(list(ast.walk(twin))[at])[turn]
                before, after = (_first_line(one) for one in (node, _put(twin, at, change)))
                code = _code(compile(ast.fix_missing_locations(whole), module.__file__, "exec"), name)
                yield Mutant(name, getattr(node, "lineno", function.lineno), f"{before} -> {after}", code)


def _functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Functions by name, a method by its class's name and its own; the last, where a name is defined twice."""
    found = {}
    for node in tree.body:
        for one in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(one, ast.FunctionDef):
                found[f"{node.name}.{one.name}" if isinstance(node, ast.ClassDef) else one.name] = one
    return found


def _put(function: ast.AST, at: int, change: ast.AST) -> ast.AST:
    """Put a node in the place of the one at a position of the walk."""
    old = list(ast.walk(function))[at]
    for parent in ast.walk(function):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, change)
            elif isinstance(value, list) and any(one is old for one in value):
                setattr(parent, name, [change if one is old else one for one in value])
    return change


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).strip().splitlines()[0]


def _changes(node: ast.AST) -> list[ast.AST]:
    """What a node could be instead."""
    match node:
        case ast.Compare():
            return _compared_otherwise(node)
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(test, SAID_ELSEWHERE):
            return [_with(node, test=ast.UnaryOp(op=ast.Not(), operand=test))]
        case ast.comprehension(ifs=[*ifs]) if ifs:
            return [_with(node, ifs=[])]
        case ast.BoolOp(op=op, values=values):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            return [ast.BoolOp(op=other, values=values), *_without_one(node)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [operand]
        case ast.Constant(value=bool(value)):
            return [ast.Constant(value=not value)]
        case ast.Constant(value=int(value)):
            return [ast.Constant(value=value + 1)]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            return [ast.BinOp(left=left, op=ast.Sub() if isinstance(op, ast.Add) else ast.Add(), right=right)]
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            return [ast.Name(id=other, ctx=ast.Load()) for other in NAMES[name]]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in CALLED:
            return [ast.Call(func=ast.Name(id=CALLED[name], ctx=ast.Load()), args=args, keywords=keywords)]
        case _:
            return []


def _compared_otherwise(node: ast.Compare) -> list[ast.AST]:
    """One of the comparisons in a chain otherwise."""
    return [
        _with(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])
        for at, op in enumerate(node.ops)
        for other in COMPARED[type(op)]
    ]


def _with(node: ast.AST, **parts: object) -> ast.AST:
    twin = copy.copy(node)
    for name, part in parts.items():
        setattr(twin, name, part)
    return twin


def _without_one(node: ast.BoolOp) -> list[ast.AST]:
    """The condition with one of its parts left out."""
    parts = [[v for v in node.values if v is not one] for one in node.values]
    return [some[0] if len(some) == 1 else ast.BoolOp(op=node.op, values=some) for some in parts]


def _code(module: CodeType, name: str) -> CodeType:
    """The code of a function or method in that of its module; the last, where a name is defined twice."""
    for part in name.split("."):
        module = [one for one in module.co_consts if isinstance(one, CodeType) and one.co_name == part][-1]
    return module


def in_place(module: ModuleType, mutant: Mutant) -> None:
    """Put a mutant in the place of its function, for everybody who holds it already."""
    function = attrgetter(mutant.function)(module)
    assert isinstance(function, FunctionType), f"{mutant.function} is wrapped; it can not be changed in place"
    function.__code__ = mutant.code
