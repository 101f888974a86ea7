"""What an IAM policy allows, by the rules that AWS publishes for identity-based policies: nothing unless a statement
allows it, and never what a statement denies. Condition is not evaluated: an Allow with one gives nothing, a Deny with
one counts."""

import json
import re

EFFECTS = ("Allow", "Deny")


class Malformed(Exception):
    """AWS would not have saved this document."""


def _words(statement, name):
    value = statement[name]
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise Malformed(f"{name} must be a text or a list of texts")
    return words


def _one_of(statement, names):
    there = [name for name in names if name in statement]
    if len(there) != 1:
        raise Malformed(f"a statement needs one of {' and '.join(names)}")
    return there[0]


def statements(text):
    """The statements of a policy document. Raises Malformed, with the reason."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Malformed(f"it is no JSON: {error}") from None
    if not isinstance(document, dict) or "Statement" not in document:
        raise Malformed("it has no Statement")
    found = document["Statement"]
    found = found if isinstance(found, list) else [found]
    for statement in found:
        if not isinstance(statement, dict):
            raise Malformed("a statement must be an object")
        if statement.get("Effect") not in EFFECTS:
            raise Malformed("Effect must be Allow or Deny")
        unknown = set(statement) - {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
        if unknown:
            raise Malformed(f"a policy of a user has no {sorted(unknown)[0]}")
        for action in _words(statement, _one_of(statement, ("Action", "NotAction"))):
            if action != "*" and not re.fullmatch(r"[\w-]+:[\w*?]+", action):
                raise Malformed(f"{action} is no action: write service:Name, such as ssm:GetParameter")
        for resource in _words(statement, _one_of(statement, ("Resource", "NotResource"))):
            if resource != "*" and not re.fullmatch(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+", resource):
                raise Malformed(f"{resource} is no resource: write * or a whole ARN")
    return found


def _like(pattern, value, flags=0):
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch("".join(parts), value, flags | re.DOTALL) is not None


def _concerns(statement, action, resource):
    name = _one_of(statement, ("Action", "NotAction"))
    hit = any(_like(word, action, re.IGNORECASE) for word in _words(statement, name))
    if hit != (name == "Action"):
        return False
    name = _one_of(statement, ("Resource", "NotResource"))
    return any(_like(word, resource) for word in _words(statement, name)) == (name == "Resource")


def decide(documents, action, resource):
    """None when the documents allow the action on the resource, else why not, in AWS's own words."""
    allowed = False
    for text in documents:
        try:
            found = statements(text)
        except Malformed:
            continue
        for statement in found:
            if not _concerns(statement, action, resource):
                continue
            if statement["Effect"] == "Deny":
                return "with an explicit deny in an identity-based policy"
            allowed = allowed or "Condition" not in statement
    return None if allowed else f"because no identity-based policy allows the {action} action"


def problems(documents):
    """What is wrong with each document that AWS would not have saved."""
    found = []
    for text in documents:
        try:
            statements(text)
        except Malformed as error:
            found.append(str(error))
    return found
