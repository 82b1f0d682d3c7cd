"""The oldest browsers that the desk is for: Edge and Chrome 109, Firefox ESR 115; nothing newer without a fallback."""

import re

import pytest

from app.config import ROOT

# What one of the two does not know, and the version that first did. `text-wrap` and `scrollbar-color` may stay: lines
# are only finer with the one, and without the other bars look as they always do.
NEWER = {
    "css": {
        r":has\(": "Firefox 121",
        r"^\s*&|[;{]\s*&": "nesting: Firefox 117",
        r"\blight-dark\(": "Chrome 123",
        r"\bcolor-mix\(|\boklch\(|\boklab\(|\brgb\(from\b": "Chrome 111",
        r"@starting-style|@scope|@property|@position-try|@view-transition|@container\s+style": "Firefox 128 or later",
        r"grid-template-(rows|columns):[^;]*subgrid": "Chrome 117",
        r"(?<!-)\bmask(-[a-z]+)?:": "Chrome 120",
        r":user-(in)?valid|:popover-open|:dir\(|::details-content|:nth-child\([^)]*\bof\b": "Chrome 111 or later",
        r"\b(field-sizing|interpolate-size|anchor-name|position-anchor|text-box)\b": "Chrome 121",
        r"animation-timeline|transition-behavior|\blinear\(|\b[0-9.]+r?lh\b": "Chrome 113 or later",
        r"\b(sin|cos|tan|pow|sqrt|round)\(": "Chrome 111",
    },
    "js": {
        r"Promise\.(withResolvers|try)|\b(Object|Map)\.groupBy|Array\.fromAsync|Iterator\.from": "Chrome 119 or later",
        r"\.to(Sorted|Reversed|Spliced)\(": "Chrome 110",
        r"\.(union|intersection|difference|isSubsetOf|isDisjointFrom)\(": "Chrome 122",
        r"URL\.(canParse|parse)\(|AbortSignal\.any\(": "Chrome 116 or later",
        r"\.(show|hide|toggle)Popover\(|\.(moveBefore|setHTML|setHTMLUnsafe|requestClose)\(": "Chrome 114 or later",
        r"startViewTransition|\bnavigation\.|\bscheduler\.|Intl\.(DurationFormat|Segmenter)": "Firefox 125 or later",
        r"\.(values|keys|entries)\(\)\.(map|filter|take|drop|toArray)\(": "Chrome 122",
        r"\b(scrollend|beforetoggle)\b": "Chrome 114",
    },
    "html": {
        r"\s(popover|popovertarget|command|commandfor|closedby)(=|\s|>)": "Chrome 114 or later",
        r"<details[^>]*\sname=": "Chrome 120",
        r"<(search|selectedcontent|fencedframe)\b": "Chrome 118",
        r"hidden=\"until-found\"|writingsuggestions|\sinterestfor": "Firefox 139",
    },
}
FOLDERS = {"css": ROOT / "app" / "static", "js": ROOT / "app" / "static" / "js", "html": ROOT / "app" / "templates"}


@pytest.mark.parametrize("kind", NEWER)
def test_nothing_newer_than_the_floor_is_used(kind: str) -> None:
    files = [one for one in FOLDERS[kind].rglob(f"*.{kind}") if "vendor" not in one.parts]
    found = [
        f"{one.name}: «{hit[0].strip()}» ({since})"
        for one in files
        for pattern, since in NEWER[kind].items()
        for hit in re.finditer(pattern, re.sub(r"/\*.*?\*/|\{#.*?#\}", "", one.read_text("utf-8"), flags=re.S), re.M)
    ]

    assert files and found == []
