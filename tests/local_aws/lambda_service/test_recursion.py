"""What a function does in a recursive loop is kept."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.lambda_service.conftest import ECHO, Lab


def test_what_is_put_comes_back(lab: Lab) -> None:
    lab.deploy(ECHO)
    assert lab.functions.get_function_recursion_config(FunctionName="function")["RecursiveLoop"] == "Terminate"
    put = lab.functions.put_function_recursion_config(FunctionName="function", RecursiveLoop="Allow")
    assert put["RecursiveLoop"] == "Allow"
    assert lab.functions.get_function_recursion_config(FunctionName="function")["RecursiveLoop"] == "Allow"


def test_another_word_and_another_function_are_refused(lab: Lab) -> None:
    lab.deploy(ECHO)
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        lab.functions.put_function_recursion_config(FunctionName="function", RecursiveLoop="Sometimes")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lab.functions.get_function_recursion_config(FunctionName="another")
