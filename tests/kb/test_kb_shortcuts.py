"""What makes the search quick hides nothing that the slow way finds."""

import string

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from kb.features import features
from kb.known import Known
from kb.query import Query
from kb.search import Search
from kb.shelf import load
from kb.spelling import FAR, FARTHEST, Spelling, letters
from kb.vocabulary import Vocabulary

WORDS = st.sampled_from(["firm", "certific", "sed", "no", "ñu", "q", "saf3", "instal"])
SAID = st.lists(WORDS, max_size=12).map(tuple)
TOLD = st.lists(WORDS, max_size=12, unique=True).map(tuple)
QUERIES = st.builds(Query, text=st.just(""), stems=SAID, codes=TOLD, concepts=TOLD)
FEW = st.text("abñ", min_size=4, max_size=9)


@given(st.lists(QUERIES, max_size=4), QUERIES)
def test_a_vocabulary_finds_every_feature_that_it_knows_by_name(taught: list[Query], asked: Query) -> None:
    names = sorted({name for query in taught for name in features(query)})
    known = set(features(asked))

    found = Vocabulary(names).find(asked)

    assert [names[place] for place in found] == [name for name in names if name in known]


@given(st.text(string.ascii_lowercase + "ñ", max_size=12), st.text("abñz", max_size=12))
def test_a_slip_of_the_finger_changes_two_letters_at_most(word: str, other: str) -> None:
    assert (letters(word) ^ letters(other)).bit_count() <= 2 * OSA.distance(word, other)


@given(st.sets(FEW, max_size=30), FEW)
def test_no_word_that_may_be_meant_is_passed_over(words: set[str], token: str) -> None:
    far = FAR.get(len(token), FARTHEST)

    kept = Spelling((word, 1) for word in words).like(token)

    assert {word for word in words if OSA.distance(word, token) <= far} <= set(kept)


def test_a_flood_of_new_words_does_not_grow_the_memory_for_ever() -> None:
    known = Known(len, most=100)

    assert [known["a" * size] for size in range(1000)] == list(range(1000))
    assert len(known) <= 100


def test_a_message_that_several_ask_about_is_read_once() -> None:
    search = Search(load())

    assert search.heard("no puedo firmar", None) is search.heard("no puedo firmar", None)
