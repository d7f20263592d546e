"""Applications, people and staff at once, by chance: a small model knows which tokens are live.

After every step the model, the API and introspection agree on every token that was ever given away.
``make fuzz`` plays other examples each time, and more of them.
"""

from __future__ import annotations

import os

import pytest

from tests.support.fuzzing.machine import Machine
from tests.support.fuzzing.mutants import MUTANTS
from tests.support.fuzzing.running import counted, play, with_rules

pytestmark = [
    pytest.mark.sqlite_only("what databases do in their own ways is tested with races and statements"),
    pytest.mark.django_db(transaction=True),
]
EXAMPLES = int(os.environ.get("OAUTHCORE_FUZZ_EXAMPLES", "8"))
SEED = int(os.environ["OAUTHCORE_FUZZ_SEED"]) if "OAUTHCORE_FUZZ_SEED" in os.environ else None


def test_the_site_and_the_model_agree_on_every_token_after_every_step():
    play(Machine, examples=EXAMPLES, beginning=SEED)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_site_that_is_broken_on_purpose_is_found_out_and_a_sound_one_is_not(name, monkeypatch):
    mutant = MUTANTS[name]
    machine, played = counted(with_rules(Machine, mutant.rules, tries_elsewhere=False))
    with monkeypatch.context() as broken:
        mutant.plant(broken)
        with pytest.raises(AssertionError):
            play(machine, examples=200, steps=8, beginning=SEED, is_brief=True)

    play(machine, examples=len(played), steps=8, beginning=SEED, is_brief=True)
