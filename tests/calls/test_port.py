from __future__ import annotations

from bot.calls.gate import RateGate
from bot.calls.port import Admission, Call, Completion, Gate, Sender
from bot.llm.simulated import SimulatedSender
from bot.runs.ports import Errand
from patterns.usage import Usage
from tests.calls.road import FakeSender, ballot
from tests.fakes.virtual_time import in_virtual_time


async def through(gate: Gate, sender: Sender) -> Completion:
    """What every caller of the ports does."""
    call = Call(prompt=ballot(), turns=({"role": "user", "content": "?"},), most_output=100)
    admission: Admission = await gate.enter(Errand(), call.prompt.key, 100)
    completion = await sender.send(call)
    admission.leave(tokens=completion.usage.tokens)
    return completion


def test_whoever_sends_can_be_asked_through_the_gate():
    for sender in (FakeSender(), SimulatedSender(pace=0)):
        completion = in_virtual_time(through(RateGate("model"), sender))

        assert isinstance(completion.usage, Usage)
        assert completion.usage.calls == 1
        assert ballot().answer.model_validate_json(completion.text)
