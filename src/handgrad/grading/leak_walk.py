"""A walk through a script that knows at each place which names hold test data."""

import ast
from collections.abc import Sequence

from handgrad.grading.leak_values import (
    CASTS,
    LOADS,
    NUMBERS,
    PATHS,
    Mark,
    Value,
    common,
    data_of,
    element,
    false_test_set,
    is_main,
    is_test,
    joined,
    leaves,
    loop_item,
    text_of,
)

Names = dict[str, Value]
"""What each name, "self.x", and the last forward pass of each network, "net()", holds."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
LEARNS = ("update_grad", "backward", "backprop")
INTERFACE = (*LEARNS, "forward", "update_params", "reset_grad", "step", "zero_grad", "__init__", "__call__")
"""Methods whose meaning is known; others are followed into their bodies."""

DEEPEST = 6
"""How far calls of the script's own functions are followed."""

MOST = 20_000
"""Statements looked at: beyond, the rest is left."""


class Walk:
    """Looks at a module once from top to bottom, and at functions that it does not call.

    Arguments:
        tree: the module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.found: set[tuple[int, str, int]] = set()
        self._functions = {node.name: node for node in tree.body if isinstance(node, Function)}
        self._methods: dict[str, list[Function]] = {}
        self._classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self._imported: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, Function):
                        self._methods.setdefault(part.name, []).append(part)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    self._imported.add(alias.asname or alias.name.partition(".")[0])
        self._module: Names = {}
        self._attributes: Names = {}
        self._called: set[str] = set()
        self._depth = self._statements = self._branch = self._branches_seen = 0
        self._doubts = 0  # how many conditions on a function's arguments stand around the place
        self._arguments: frozenset[str] = frozenset()
        self._returned: list[Value] = []

    def run(self) -> None:
        """Fill in ``found``: the line, the method that learns, the line that loaded."""
        self._block(self.tree.body, self._module)
        others = [part for parts in self._methods.values() for part in parts]
        for function in (*self._functions.values(), *others):
            if function.name not in self._called:
                self._into(function, [], {})

    def _block(self, body: Sequence[ast.stmt], names: Names) -> None:
        doubts = self._doubts
        for statement in body:
            self._statements += 1
            if self._statements > MOST:
                break
            self._statement(statement, names)
            if isinstance(statement, ast.If) and leaves(statement) and self._on_argument(statement.test):
                self._doubts += 1  # def run(net, x, train): ...; if not train: return
        self._doubts = doubts

    def _statement(self, node: ast.stmt, names: Names) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                held = self._value(value, names)
                for target in targets:
                    self._assign(target, held, names)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self._value(value, names), names)
            case ast.AugAssign(target=target, value=value):
                held = joined(self._value(target, names), self._value(value, names))
                self._assign(target, held, names)
            case ast.For(target=target, iter=iterable) | ast.AsyncFor(target=target, iter=iterable):
                self._assign(target, loop_item(iterable, self._value(iterable, names)), names)
                self._block(node.body, names)
                self._block(node.orelse, names)
            case ast.While(test=test):
                self._value(test, names)
                self._block(node.body, names)
            case ast.If(test=test):
                self._value(test, names)
                self._branches(node, names)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    held = self._value(item.context_expr, names)
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, held, names)
                self._block(node.body, names)
            case ast.Try():
                for part in (node.body, node.orelse, node.finalbody):
                    self._block(part, names)
            case ast.Return(value=ast.expr() as value):
                self._returned.append(self._value(value, names))
            case ast.Expr(value=value):
                self._value(value, names)
            case _:
                pass  # definitions are looked at when they are called

    def _branches(self, node: ast.If, names: Names) -> None:
        """Only what holds in both branches holds behind them."""
        if is_main(node.test):
            self._block(node.body, names)
            return
        one, other = dict(names), dict(names)
        before, doubts = self._branch, self._doubts
        self._doubts += self._on_argument(node.test)
        for body, inside in ((node.body, one), (node.orelse, other)):
            self._branches_seen += 1
            self._branch = self._branches_seen
            self._block(body, inside)
        self._branch, self._doubts = before, doubts
        names.clear()
        for name in one.keys() | other.keys():
            names[name] = common(one.get(name), other.get(name))

    def _on_argument(self, test: ast.expr) -> bool:
        """Whether a condition asks for something that the function was told."""
        return any(isinstance(part, ast.Name) and part.id in self._arguments for part in ast.walk(test))

    def _assign(self, target: ast.expr, held: Value, names: Names) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            several = isinstance(held, tuple) and len(held) == len(target.elts)
            for number, part in enumerate(target.elts):
                self._assign(
                    part, held[number] if several and isinstance(held, tuple) else element(held), names
                )
        elif isinstance(target, ast.Starred):
            self._assign(target.value, held, names)
        elif key := text_of(target):
            names[key] = held
            if key.startswith("self."):
                known = self._attributes.get(key, held)
                self._attributes[key] = common(known, held)  # of several objects: what all have

    def _value(self, node: ast.expr, names: Names) -> Value:
        match node:
            case ast.Constant(value=value):
                return Mark("path") if is_test(value) else None
            case ast.Name() | ast.Attribute():
                return self._named(node, names)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self._value(part, names) for part in parts)
            case ast.Subscript(value=value, slice=index):
                return self._indexed(node, self._value(value, names), index, names)
            case ast.Call():
                return self._call(node, names)
            case ast.Compare() | ast.Lambda():
                return None
            case ast.IfExp(body=body, orelse=orelse):
                return common(self._value(body, names), self._value(orelse, names))
            case ast.ListComp(elt=part, generators=loops) | ast.GeneratorExp(elt=part, generators=loops):
                inner = dict(names)
                for loop in loops:
                    self._assign(loop.target, loop_item(loop.iter, self._value(loop.iter, inner)), inner)
                return joined(self._value(part, inner))
            case ast.Dict():
                return None  # its keys are asked for by name
            case _:
                parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
                return joined(*(self._value(part, names) for part in parts))

    def _named(self, node: ast.Name | ast.Attribute, names: Names) -> Value:
        key = text_of(node)
        for space in (names, self._module, self._attributes):
            if key and key in space:
                return space[key]
        if not isinstance(node, ast.Attribute) or node.attr in NUMBERS:
            return None
        if is_test(node.attr) and f"self.{node.attr}" in self._attributes:
            return self._attributes[f"self.{node.attr}"]  # data.test_images
        return self._value(node.value, names)

    def _indexed(self, node: ast.Subscript, whole: Value, index: ast.expr, names: Names) -> Value:
        if isinstance(index, ast.Constant) and is_test(index.value):
            return Mark("data", node.lineno)  # data["test_images"]
        if isinstance(whole, tuple):
            if (
                isinstance(index, ast.Constant)
                and isinstance(index.value, int)
                and -len(whole) <= index.value < len(whole)
            ):
                return whole[index.value]
            return joined(whole)
        return whole

    def _call(self, node: ast.Call, names: Names) -> Value:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        given = [self._value(part, names) for part in node.args]
        by_name = {word.arg or "": self._value(word.value, names) for word in node.keywords}
        everything = joined(*given, *by_name.values())
        method, receiver = isinstance(function, ast.Attribute), ""
        held: Value = None
        if isinstance(function, ast.Attribute):
            receiver, held = text_of(function.value), self._value(function.value, names)
        if name in LEARNS and isinstance(function, ast.Attribute):
            self._learns(node, name, receiver, held, names)
            return None
        if name == "forward" or self._is_network(function, names):
            output = data_of(given[0] if given else None)
            made = Mark("output", output.line, self._branch) if output else None
            names[f"{receiver if name == 'forward' else name}()"] = made
            return made
        own = self._followed(function, name)
        if own is not None:
            self._called.add(own.name)
            return self._into(own, given, by_name)
        whole = joined(held, everything)
        if whole is None or not isinstance(whole, Mark):
            return false_test_set(node, name)
        if whole.kind == "path":
            loads = LOADS.search(name) is not None
            return Mark("data", node.lineno) if loads else whole if PATHS.search(name) else None
        if name in NUMBERS and whole.kind == "data" and not (method and name in CASTS):
            return None
        if name in ("enumerate", "list", "tuple") and given:
            return given[0]
        return tuple(given) if name == "zip" else whole

    def _learns(self, node: ast.Call, name: str, receiver: str, held: Value, names: Names) -> None:
        """A gradient is calculated: of a loss, or of the last forward pass of the same network."""
        source = data_of(held) or data_of(names.get(f"{receiver}()"))
        certain = not self._doubts and source is not None and source.branch == self._branch
        if source is not None and certain:
            self.found.add((node.lineno, name, source.line))

    def _is_network(self, function: ast.expr, names: Names) -> bool:
        """Whether a name that is called is an object of the script's: ``net(x)``."""
        if not isinstance(function, ast.Name):
            return False
        known = function.id in self._functions or function.id in self._imported
        return not known and (function.id in names or function.id in self._module)

    def _followed(self, function: ast.expr, name: str) -> Function | None:
        """The body behind a call of the script's own function, or of a method that only one class has."""
        if self._depth >= DEEPEST:
            return None
        if isinstance(function, ast.Name):
            made = self._classes.get(name)
            parts = made.body if made is not None else []
            first = [one for one in parts if isinstance(one, Function) and one.name == "__init__"]
            return first[0] if first else self._functions.get(name)
        methods = self._methods.get(name, [])
        return methods[0] if len(methods) == 1 and name not in INTERFACE else None

    def _into(self, function: Function, given: Sequence[Value], by_name: Names) -> Value:
        """What a function returns for these arguments; what learns in it is found on the way."""
        arguments = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        around = self._arguments, self._branch, self._doubts
        self._arguments = frozenset((*arguments, *(one.arg for one in function.args.kwonlyargs)))
        if arguments[:1] == ["self"]:
            arguments = arguments[1:]
        inner: Names = dict.fromkeys(arguments)
        inner |= dict(zip(arguments, given, strict=False))
        inner |= {name: value for name, value in by_name.items() if name}
        before, self._returned = self._returned, []
        self._depth += 1
        self._block(function.body, inner)
        self._depth -= 1
        self._arguments, self._branch, self._doubts = around
        returned, self._returned = self._returned, before
        found: Value = returned[0] if returned else None
        for value in returned[1:]:
            found = common(found, value)
        return found
