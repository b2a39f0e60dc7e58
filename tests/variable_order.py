"""Which reads and writes of a variable a compiled training step leaves in no order.

TensorFlow orders what a function does to a variable by control edges, and Grappler may
drop an edge where another path orders the same two nodes. A pass that later cuts this
path leaves them to chance: then two runs of one step differ now and then. The graphs
that Grappler made are looked at, not those that Python traced.
"""

import collections
import graphlib
import itertools
from typing import NamedTuple

import tensorflow as tf
from tensorflow.python.eager import context

# What takes a variable's handle and leaves the variable as it is. All else may write:
# kernels of optimizers, assignments, calls of functions that are not inlined.
_READS = {"ReadVariableOp", "ResourceGather", "VariableShape", "VarIsInitializedOp"}
_HANDS_ON = {"Enter", "Identity", "Switch", "_SwitchN"}


class Known(NamedTuple):
    """What is known of a node from all that it waits for.

    Args:
        handles: names of the arguments whose handles it hands on.
        ancestors: bits of itself and of the nodes with a path of data or control to it.
        branches: pairs `(predicate, output)` of the switches that it runs behind.
        predicate: what a switch is turned by, `None` of other nodes.
    """

    handles: frozenset[str]
    ancestors: int
    branches: frozenset[tuple[str, str]]
    predicate: str | None


class Access(NamedTuple):
    """A node that takes a variable's handle, its bit among ancestors, and its use."""

    name: str
    bit: int
    writes: bool


def optimized_graphs(play):
    """Returns the graphs that run while `play` is called, as Grappler left them."""
    # TensorFlow has no public name for them.
    context.context().enable_graph_collection()
    context.context().enable_run_metadata()
    try:
        play()
        graphs = context.context().export_run_metadata().function_graphs
    finally:
        context.context().disable_run_metadata()
        context.context().disable_graph_collection()
    return [graph.post_optimization_graph for graph in graphs]


def unordered_accesses(graph):
    """Returns pairs of node names: a write and another access of one variable.

    Args:
        graph: `GraphDef`, its functions inlined.

    Returns:
        pairs: sorted list of `(name, name)`; no path leads from either node to the
        other, so that one run may take them in another order than the next.
    """
    known: dict[str, Known] = {}
    accesses = collections.defaultdict(list)
    for place, node in enumerate(_in_order(graph)):
        known[node.name] = _known(node, known, bit=1 << place)
        if node.op not in _HANDS_ON:
            for handle in _handles_taken(node, known):
                access = Access(node.name, 1 << place, node.op not in _READS)
                accesses[handle].append(access)
    return sorted(
        (first.name, second.name)
        for group in accesses.values()
        for first, second in itertools.combinations(group, 2)
        if (first.writes or second.writes) and not _ordered(first, second, known)
    )


def _in_order(graph):
    nodes = {node.name: node for node in graph.node}
    loops = {node.name for node in graph.node if node.op == "NextIteration"}
    waits_for = {
        name: {_source(one) for one in node.input} - loops
        for name, node in nodes.items()
    }
    return [
        nodes[name] for name in graphlib.TopologicalSorter(waits_for).static_order()
    ]


def _known(node, known, bit):
    inputs = [one for one in node.input if _source(one) in known]
    for one in inputs:
        bit |= known[_source(one)].ancestors
    # Either of a merge's inputs may have come; other nodes wait for all of theirs.
    join = frozenset.intersection if node.op == "Merge" else frozenset.union
    behind = [_branches_behind(one, known) for one in inputs]
    return Known(
        handles=_handed_on(node, known),
        ancestors=bit,
        branches=join(*behind) if behind else frozenset(),
        predicate=node.input[1] if node.op in {"Switch", "_SwitchN"} else None,
    )


def _branches_behind(tensor, known):
    source = known[_source(tensor)]
    if source.predicate is None or tensor.startswith("^"):
        return source.branches
    _, _, output = tensor.partition(":")
    return source.branches | {(source.predicate, output or "0")}


def _handed_on(node, known):
    if node.op == "_Arg":
        is_handle = node.attr["T"].type == tf.resource.as_datatype_enum
        return frozenset([node.name] if is_handle else [])
    return _handles_taken(node, known) if node.op in _HANDS_ON else frozenset()


def _handles_taken(node, known):
    tensors = [one for one in node.input if not one.startswith("^")]
    sources = [known[_source(one)] for one in tensors if _source(one) in known]
    return frozenset().union(*(source.handles for source in sources))


def _source(tensor):
    return tensor.removeprefix("^").partition(":")[0]


def _ordered(first, second, known):
    one, other = known[first.name], known[second.name]
    a_path = other.ancestors & first.bit or one.ancestors & second.bit
    return bool(a_path) or _exclude_each_other(one.branches, other.branches)


def _exclude_each_other(branches, others):
    """Whether both sides of one switch are among them."""
    sides = dict(others)
    return any(sides.get(predicate, side) != side for predicate, side in branches)
