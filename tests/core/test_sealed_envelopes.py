"""One sealed text and the keys: it opens in its own place, unaltered, with the key that sealed it."""

from base64 import b64decode, b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.sealed.checks import check_keys
from core.sealed.envelopes import Envelope, Place, SealError, blind_index, opened, seal
from core.sealed.keys import keyring

NAME, PHONE, OTHER = "䶮㛃", "+8613800138000", "+8613800138001"
K1, K2 = (f"k{n}:{b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
PLACE = Place("t", "c", "1")
SHORT = b64encode(b"x" * 31).decode()


@pytest.fixture(autouse=True)
def one_key(settings) -> None:
    settings.DATA_KEYS = K1


# --- one text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["䶮", "㛃", "买买提·艾力", "", " ", "a\0b\r\n{{x}}", "s1:k1:AAAA", "长" * 9999])
def test_a_text_comes_back_as_it_went_in(text):
    assert opened(seal(text, PLACE), PLACE) == text


def test_equal_texts_look_different():
    assert len({seal(NAME, PLACE).text for _ in range(100)}) == 100


def test_no_altered_envelope_opens():
    head, _, body = seal(NAME, PLACE).text.rpartition(":")
    box = b64decode(body)
    boxes = [box[:i] + bytes([box[i] ^ 1 << bit]) + box[i + 1 :] for i in range(len(box)) for bit in range(8)]
    boxes += [box[:n] for n in range(len(box))] + [box + b"x"]
    broken = [f"{head}:{b64encode(box).decode()}" for box in boxes]
    for text in [*broken, f"s2:k1:{body}", body, NAME, f"{head}:a", f"{head}:{body}\n"]:
        with pytest.raises(SealError):
            opened(Envelope(text), PLACE)


@pytest.mark.parametrize("elsewhere", [Place("u", "c", "1"), Place("t", "d", "1"), Place("t", "c", "2")])
def test_an_envelope_opens_in_its_own_place_only(elsewhere):
    with pytest.raises(SealError, match=rf"{elsewhere.table}.{elsewhere.column}（行 {elsewhere.row}）打不开.*k1"):
        opened(seal(NAME, PLACE), elsewhere)


@pytest.mark.parametrize(
    ("now", "words"),
    [(K2, "t.c（行 1）由密钥 k1 密封，DATA_KEYS 里没有它"), (K2.replace("k2", "k1"), "或密钥 k1 不是原来的那个")],
)
def test_a_missing_or_wrong_key_is_named(settings, now, words):
    envelope = seal(NAME, PLACE)
    settings.DATA_KEYS = now
    with pytest.raises(SealError) as told:
        opened(envelope, PLACE)
    assert (words in str(told.value), NAME in str(told.value)) == (True, False)


def test_an_index_tells_values_and_purposes_apart():
    indexes = {blind_index(PHONE, "a"), blind_index(PHONE, "a"), blind_index(PHONE, "b"), blind_index(OTHER, "a")}
    assert (len(indexes), blind_index("", "a")) == (3, "")


# --- the keys ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data_keys", "index", "faults"),
    [
        (f"{K2},{K1}", SHORT + "!", ["DATA_INDEX_KEY 应为 32 字节的 Base64，现在不是"]),
        ("", None, ["DATA_KEYS 第 1 项应写成“名称:密钥”，名称用 1–16 个小写字母或数字"]),
        (f"{K1},K:{SHORT}", None, ["DATA_KEYS 第 2 项应写成“名称:密钥”，名称用 1–16 个小写字母或数字"]),
        (f"k1:{SHORT}", None, ["DATA_KEYS 的 k1 应为 32 字节的 Base64，现在不是"]),
        (f"{K1},{K1}", None, ["DATA_KEYS 里有两个 k1"]),
        (K1, K1[3:], ["DATA_INDEX_KEY 不能与 DATA_KEYS 里的密钥相同"]),
        (f"{K2},{K1}", None, []),
    ],
)
def test_faulty_keys_are_reported_without_being_shown(settings, data_keys, index, faults):
    settings.DATA_KEYS, settings.DATA_INDEX_KEY = data_keys, index or settings.DATA_INDEX_KEY
    assert [error.msg for error in check_keys()] == faults
    if faults:
        with pytest.raises(ImproperlyConfigured, match="；".join(faults)):
            keyring()
