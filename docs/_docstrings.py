"""Docstrings of this package, Markdown in Google's sections, as reStructuredText."""

import re

_SECTION = re.compile(r"(Args|Example|Raises|References|Returns|Warns|Yields):$")
_MARKUP = re.compile(r"([*|\\])")
_TRAILING = re.compile(r"(?<=\w)_(?!\w)")
_ITEM = re.compile(r"(\s*)(\*{0,2}\w+)(: .*|$)")


def to_rst(app, what, name, obj, options, lines):
    """Rewrites `lines` in place."""
    written, section = [], None
    index = 0
    while index < len(lines):
        line = lines[index]
        if _SECTION.match(line):
            section = line[:-1]
            written.append(line)
        elif line.strip().startswith("```"):
            end = _fence_end(lines, index)
            written += _block("python", lines[index + 1 : end], _indent(line))
            index = end
        elif line.strip().startswith(">>>"):
            end = _paragraph_end(lines, index)
            written += ["", *lines[index:end], ""]
            index = end - 1
        elif section is None and _indent(line) >= 4 and line.strip():
            end = _indented_end(lines, index)
            written += _block("text", lines[index:end], 0)
            index = end - 1
        else:
            written.append(_escaped(line, section))
        index += 1
    lines[:] = written


def _block(language, lines, indent):
    """Lines as code, indented as what stands around them."""
    space = indent * " "
    least = min((_indent(line) for line in lines if line.strip()), default=0)
    code = [f"{space}    {line[least:]}".rstrip() for line in lines]
    return ["", f"{space}.. code-block:: {language}", "", *code, ""]


def _escaped(line, section):
    """Outside of `code`, characters that would be markup."""
    item = _ITEM.fullmatch(line) if section == "Args" else None
    if item and item[2].startswith("*"):  # `**kwargs: …`, which napoleon escapes
        return f"{item[1]}{item[2]}{_escaped(item[3], None)}"
    parts = line.split("`")
    for place in range(0, len(parts), 2):
        escaped = _MARKUP.sub(r"\\\1", parts[place])
        parts[place] = _TRAILING.sub(r"\\_", escaped)
    return "`".join(parts)


def _fence_end(lines, start):
    return next(
        index for index in range(start + 1, len(lines)) if lines[index].strip() == "```"
    )


def _paragraph_end(lines, start):
    return next(
        (index for index in range(start, len(lines)) if not lines[index].strip()),
        len(lines),
    )


def _indented_end(lines, start):
    """Behind the last line of an indented block, blank lines within it included."""
    end = start
    for index in range(start, len(lines)):
        if lines[index].strip():
            if _indent(lines[index]) < 4:
                break
            end = index + 1
    return end


def _indent(line):
    return len(line) - len(line.lstrip())
