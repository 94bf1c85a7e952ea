from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import ConfigurationError
from auditor.fleet.member import Member, read_members

A, B = "111122223333", "444455556666"


def of(tmp_path: Path, name: str, text: str) -> tuple[Member, ...]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_members(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", f"# ours\n{A} Acme production  # the shop\n\n  {B}\r\n{A}\n"),
        ("a.csv", f"Account ID, Name\n{A},Acme production\n{B},\n{A},again\n"),
        ("a.csv", f"\ufeffname,id\nAcme production,{A}\n,{B}\n"),
        ("a.json", json.dumps({"Accounts": [{"Id": A, "Name": "Acme production", "Status": "ACTIVE"}, {"Id": B}]})),
        ("a.json", json.dumps([{"id": A, "name": "Acme production"}, B])),
    ],
)
def test_every_form_names_the_same_accounts(tmp_path: Path, name: str, text: str) -> None:
    assert of(tmp_path, name, text) == (Member(account_id=A, name="Acme production"), Member(account_id=B))


def test_what_aws_says_of_an_accounts_state_is_kept(tmp_path: Path) -> None:
    entries = [{"Id": A, "State": "PENDING_CLOSURE", "Status": "ACTIVE"}, {"Id": B, "Status": "SUSPENDED"}]
    found = of(tmp_path, "a.json", json.dumps({"Accounts": entries}))
    assert [member.state for member in found] == ["PENDING_CLOSURE", "SUSPENDED"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", f"{A}\n12345\n", r"line 2: '12345' is no account id"),
        ("a.txt", "\uff11" * 12 + "\n", r"line 1: .* is no account id"),
        ("a.txt", "# nothing\n", "names no account"),
        ("a.csv", "name,mail\nx,y\n", "no column `id`"),
        ("a.csv", f"id\n{A}\nabc\n", r"line 3: 'abc' is no account id"),
        ("a.json", "{", "cannot be understood"),
        ("a.json", "7", "cannot be understood"),
        ("a.json", '{"accounts": []}', "cannot be understood"),
        ("a.json", f'["{A}", 7]', r"entry 2: '7' is no account id"),
        ("a.json", "[" * 100_000, "cannot be understood"),
    ],
)
def test_a_file_that_does_not_serve_says_where_and_what_to_give(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        of(tmp_path, name, text)
    assert "12 digits" in caught.value.advice


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_members(tmp_path / "none.txt")


@settings(deadline=None)
@given(st.sampled_from(["a.txt", "a.csv", "a.json"]), st.text(max_size=200))
def test_any_text_gives_accounts_or_our_own_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(text.encode(errors="surrogatepass"))
    try:
        members = read_members(path)
    except ConfigurationError:
        return
    assert all(len(member.account_id) == 12 and member.account_id.isascii() for member in members)
