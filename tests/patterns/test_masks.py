from __future__ import annotations

import pytest

from patterns.masks import WORD_MOST, WORDS_MOST, Alarms, Masks


@pytest.mark.parametrize(
    ("word", "masked"),
    [
        ("word", "word"),
        ("-12", "<*>"),
        ("1,024", "<*>"),
        ("03:04:05.678", "<*>"),
        ("10.251.43.115:50010", "<*>"),
        ("/10.251.43.115:50010", "/<*>"),
        ("blk_-6952295868487656571", "blk_<*>"),
        ("node-17", "node-<*>"),
        ("15ms", "<*>ms"),
        ("0x7fff5ebc", "<*>"),
        ("a3f09c2e11", "<*>"),
        ("deadbeef", "deadbeef"),
        ("2d931510-d99f-494a-8c67-87feb05e1594", "<*>"),
        ("fe80:0:0:0:200:f8ff:fe21:67cf", "<*>"),
        ("00:1b:44:11:3a:b7", "<*>"),
        ("sshd[24200]:", "sshd[<*>]:"),
        ("part00590", "part<*>"),
        ("ssh2", "ssh2"),
        ("/api/users/123", "/api/users/<*>"),
        ('name="ada"', "name=<*>"),
        ("(user='ada')", "(user=<*>)"),
        ('{"status":"ok"}', '{"status":<*>}'),
        ("don't", "don't"),
        ("<*>", "<*>"),
    ],
)
def test_what_varies_in_a_word(word: str, masked: str):
    assert Masks()[word] == masked


@pytest.mark.parametrize(
    ("word", "alarm"),
    [("Failed", "failed"), ("failures;", "failures"), ("java.io.IOException:", "exception"),
     ("not", "not"), ("note", ""), ("well", "")],
)  # fmt: skip
def test_which_words_are_alarm(word: str, alarm: str):
    assert Alarms()[word] == alarm


def test_no_more_words_are_remembered_than_there_is_room_for():
    masks = Masks()
    for number in range(WORDS_MOST + 5):
        assert masks[f"w-{number}"] == "w-<*>"

    assert len(masks) == 5
    assert masks["9" * (WORD_MOST + 1)] == "<*>"
    assert len(masks) == 5
