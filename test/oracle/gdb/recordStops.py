# SPDX-License-Identifier: MIT
# Runs inside gdb: does what the plan in STEPTRAP_GDB_PLAN says and writes one JSON object a line to the plan's output.
import json
import os
import re

import gdb

plan = json.loads(os.environ['STEPTRAP_GDB_PLAN'])
output = open(plan['output'], 'w')
MAXIMUM_ELEMENTS = 64
MAXIMUM_FRAMES = 32
COMPOSITE = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


def emit(record):
    output.write(json.dumps(record) + '\n')


def command(text):
    return gdb.execute(text, to_string=True)


def tree(value):
    """A scalar's bits in decimal, or the trees of members ([name, tree]) or elements."""
    try:
        type = value.type.strip_typedefs()
        if type.code in COMPOSITE:
            return [[field.name or '<anonymous>', tree(value[field])] for field in type.fields()]
        if type.code == gdb.TYPE_CODE_ARRAY:
            low, high = type.range()
            return [[str(index), tree(value[index])] for index in range(low, min(high, low + MAXIMUM_ELEMENTS - 1) + 1)]
        if value.is_optimized_out:
            return '<optimized out>'
        if type.code == gdb.TYPE_CODE_FLT:
            return str(value)
        return str(int(value.format_string(format='x'), 16))
    except (gdb.error, ValueError) as error:
        return '<%s>' % error


def is_shown(symbol):
    return symbol.is_variable or symbol.is_argument or symbol.addr_class == gdb.SYMBOL_LOC_CONST


def variables(frame):
    """Locals and arguments, the hidden ones too, from the innermost block outwards."""
    found = {}
    try:
        block = frame.block()
    except RuntimeError:
        return found
    while block is not None and not block.is_static and not block.is_global:
        for symbol in block:
            if not is_shown(symbol):
                continue
            name = symbol.name
            while name in found:
                name += ' (outer)'
            try:
                found[name] = tree(symbol.value(frame))
            except gdb.error as error:
                found[name] = '<%s>' % error
        if block.function is not None:
            break
        block = block.superblock
    return found


def stack():
    frames = []
    frame = gdb.newest_frame()
    while frame is not None and len(frames) < MAXIMUM_FRAMES:
        sal = frame.find_sal()
        frames.append(
            {
                'name': frame.name(),
                'file': sal.symtab.filename if sal.symtab else None,
                'line': sal.line,
                'isInlined': frame.type() == gdb.INLINE_FRAME,
                'variables': variables(frame) if len(frames) < 2 else {},
            }
        )
        frame = frame.older()
    return frames


def emit_stop(**more):
    frame = gdb.newest_frame()
    pc = frame.pc()
    sp = int(frame.read_register('sp')) & 0xFFFFFFFFFFFFFFFF
    emit(dict(kind='stop', pc=str(pc), sp=str(sp), frames=stack(), **more))


def run_to(place):
    command('tbreak ' + place)
    command('continue')


def addresses(place):
    """Where gdb puts a breakpoint for this text."""
    try:
        command('break ' + place)
    except gdb.error:
        return []
    table = command('info breakpoints')
    command('delete')
    return sorted(set(str(int(address, 16)) for address in re.findall(r'0x[0-9a-f]{16}', table)), key=int)


def places():
    for place in plan['places']:
        emit({'kind': 'place', 'place': place, 'addresses': addresses(place)})
    start, end = plan['code']
    for address in range(int(start), int(end), 4):
        sal = gdb.find_pc_line(address)
        symtab = sal.symtab
        emit({'kind': 'row', 'address': str(address), 'file': symtab.filename if symtab else None, 'line': sal.line if symtab else 0})


def instructions():
    for place in plan['from']:
        if place is not None:
            run_to(place)
        for _ in range(plan['count']):
            emit({'kind': 'pc', 'pc': str(gdb.newest_frame().pc())})
            command('stepi')


def steps():
    run_to(plan['from'])
    emit_stop()
    for _ in range(plan['count']):
        command(plan['command'])
        emit_stop()


def finishes():
    for place in plan['places']:
        run_to(place)
        emit_stop(place=place)
        command('finish')
        emit_stop(place=place)


def watches():
    expression = plan['expression']
    command('watch ' + expression)
    for _ in range(plan['count']):
        old = str(gdb.parse_and_eval(expression))
        command('continue')
        emit_stop(old=old, new=str(gdb.parse_and_eval(expression)))


KINDS = {'places': places, 'instructions': instructions, 'steps': steps, 'finishes': finishes, 'watches': watches}
try:
    for setting in ('pagination off', 'confirm off', 'architecture aarch64', 'breakpoint pending off', 'backtrace past-main on', 'print repeats unlimited', 'remotetimeout 5'):
        command('set ' + setting)
    if 'port' in plan:
        command('target remote 127.0.0.1:%d' % plan['port'])
    KINDS[plan['kind']]()
except gdb.error as error:
    # The guest has powered off, or a command was refused: the last record says so.
    emit({'kind': 'error', 'message': str(error)})
emit({'kind': 'end'})
output.close()
os.environ.pop('STEPTRAP_GDB_PLAN')
if 'port' in plan:
    try:
        command('kill')
    except gdb.error:
        pass
