"""What every stage would make anew though it is the same each time: half of the time of a small sweep."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from antlr4 import CommonTokenStream, InputStream
from botocore.loaders import create_loader
from moto.kms import models as kms
from moto.stepfunctions.parser.asl.antlr.runtime.ASLLexer import ASLLexer
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import resource_eval_s3
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

_loader = create_loader()
# Of the keys that moto makes, ours use none: an HMAC and a symmetric key have material of their own.
_private_key = cache(kms.generate_private_key)
_parse = AmazonStateLanguageParser.parse


@contextmanager
def remembered() -> Iterator[None]:
    """Descriptions of services, private keys, and the syntax tree of a state machine that was parsed before.

    The state machine's own clients last as long as the stage, because the address of its functions is the stage's.
    """
    client_for = cache(boto_client_for)
    with ExitStack() as patches:
        for module in (lambda_eval_utils, resource_eval_s3):
            patches.enter_context(
                patch.object(module, "boto_client_for", lambda **of: client_for(of["region"], of["service"]))
            )
        patches.enter_context(patch("botocore.session.create_loader", lambda _path=None: _loader))
        patches.enter_context(patch.object(kms, "generate_private_key", _private_key))
        patches.enter_context(patch.object(AmazonStateLanguageParser, "parse", staticmethod(_parsed)))
        yield


@cache
def _tree(definition: str) -> Any:
    _parse(definition)  # raises where it is no state machine
    return ASLParser(CommonTokenStream(ASLLexer(InputStream(definition)))).state_machine()


def _parsed(definition: str) -> tuple[Any, Any]:
    """The components of a run are its own; only the tree that they are made from is shared."""
    tree = _tree(definition)
    return Preprocessor().visit(tree), tree
