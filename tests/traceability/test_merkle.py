"""Tree hashes, proofs, tiles and signed notes against the vectors; no database."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.vectors import vectors
from traceability import merkle, notes
from traceability.merkle import Peaks, Tree, is_consistent, is_included, leaf_hash, node_hash
from traceability.notes import BadNote, Head, Signer, Verifier

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import node  # noqa: E402

CASES: dict[str, Any] = vectors("merkle.json")
UPSTREAM = [(kind, row) for kind in ("inclusion", "consistency") for row in CASES[f"upstream_{kind}"]]


def unhex(texts: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def unb64(text: str) -> bytes:
    return base64.b64decode(text or "")


def tree_of(leaves: Sequence[bytes]) -> Tree:
    """A tree over ``leaves`` whose tiles are worked out at once, as the database keeps them."""
    rows = [list(leaves)]
    while len(rows[-1]) >= 256:
        row = rows[-1]
        rows.append([Peaks(row[at : at + 256]).root() for at in range(0, len(row) - len(row) % 256, 256)])
    return Tree(lambda level, number: rows[level][number * 256 :][:256] if level < len(rows) else [])


@cache
def decimal() -> tuple[list[bytes], Tree]:
    leaves = [leaf_hash(str(number).encode()) for number in range(70_000)]
    return leaves, tree_of(leaves)


def test_hashes_of_leaves_and_nodes() -> None:
    empty, nothing, leaf, node = CASES["hasher"]

    assert merkle.EMPTY == Peaks().root() == bytes.fromhex(empty["value"])
    assert leaf_hash(b"").hex() == nothing["value"]
    assert leaf_hash(bytes.fromhex(leaf["input_hex"])).hex() == leaf["value"]
    assert node_hash(*unhex([node["left_hex"], node["right_hex"]])).hex() == node["value"]


def test_the_reference_tree_of_eight_with_all_its_proofs() -> None:
    told = CASES["reference_tree"]
    leaves = [leaf_hash(entry) for entry in unhex(told["leaf_inputs_hex"])]
    roots, tree = unhex(told["root_by_size"]), tree_of(leaves)

    assert leaves == unhex(told["leaf_hashes"])
    assert [Peaks(leaves[:size]).root() for size in range(9)] == roots
    assert [tree.root(size) for size in range(9)] == roots
    for row in CASES["reference_inclusion"]:
        proof = tree.inclusion(row["index"], row["size"])
        assert proof == unhex(row["proof"])
        assert is_included(leaves[row["index"]], row["index"], row["size"], proof, bytes.fromhex(row["root"]))
    for row in CASES["reference_consistency"]:
        proof = tree.consistency(row["from"], row["to"])
        assert proof == unhex(row["proof"])
        assert is_consistent(row["from"], row["to"], roots[row["from"]], roots[row["to"]], proof)


@pytest.mark.parametrize(("kind", "row"), UPSTREAM, ids=[row["origin"] for _kind, row in UPSTREAM])
def test_proofs_of_others_are_taken_or_refused(kind: str, row: dict[str, Any]) -> None:
    proof = [unb64(step) for step in row["proof_b64"] or ()]
    if kind == "inclusion":
        leaf, root = unb64(row["leaf_hash_b64"]), unb64(row["root_b64"])
        assert is_included(leaf, row["index"], row["size"], proof, root) is row["valid"]
    else:
        old, new = unb64(row["root1_b64"]), unb64(row["root2_b64"])
        assert is_consistent(row["from"], row["to"], old, new, proof) is row["valid"]


def test_a_tree_of_seventy_thousand_read_by_tiles() -> None:
    (leaves, tree), told = decimal(), CASES["computed_decimal_entries"]

    for row in told["roots"]:
        assert tree.root(row["size"]).hex() == row["root"]
    assert Peaks(leaves).root() == tree.root(70_000)
    for row in told["inclusion"]:
        assert tree.inclusion(row["index"], row["size"]) == unhex(row["proof"])
    for row in told["consistency"]:
        assert tree.consistency(row["from"], row["to"]) == unhex(row["proof"])


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 65_536, 69_999])
def test_proofs_at_the_edges_of_tiles_hold_and_are_short(index: int) -> None:
    leaves, tree = decimal()
    proof = tree.inclusion(index, 70_000)

    assert len(proof) <= 17
    assert is_included(leaves[index], index, 70_000, proof, tree.root(70_000))
    assert not is_included(leaves[index - 1], index, 70_000, proof, tree.root(70_000))
    grown = tree.consistency(index + 1, 70_000)
    assert is_consistent(index + 1, 70_000, tree.root(index + 1), tree.root(70_000), grown)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (3, 70_257)])
def test_nothing_is_proved_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(merkle.OutOfTree):
        decimal()[1].inclusion(index, size)


def test_tiles_have_the_names_sizes_and_bytes_of_c2sp() -> None:
    (leaves, _tree), told = decimal(), CASES["tlog_tiles"]
    for row in told["index_encoding"]:
        assert merkle.tile_path(row["n"]) == row["path"]
        assert merkle.read_tile_path(row["path"]) == (row["n"], 256)
    for wrong in ("", "x000/001", "1", "0001", "001.p/0", "001.p/256", "x001", "001/002", "001.p/07", "٠٠١"):
        assert merkle.read_tile_path(wrong) is None

    big, small = told["sizes"]
    full = [
        merkle.width_of(level, number, 70_000)
        for level, number in ((0, 272), (0, 273), (1, 0), (1, 1), (2, 0))
    ]
    assert full == [256, big["level0_partial"], 256, big["level1_partial"], big["level2_partial"]]
    assert [merkle.width_of(*at, small["tree_size"]) for at in ((0, 0), (0, 1), (1, 0), (2, 0))] == [
        256,
        0,
        1,
        0,
    ]

    level1 = [Peaks(leaves[at * 256 :][:256]).root() for at in range(273)]
    tiles = {
        "tile/0/000": b"".join(leaves[:256]),
        "tile/1/000": b"".join(level1[:256]),
        "tile/0/273.p/112": b"".join(leaves[273 * 256 :]),
        "tile/entries/000": merkle.bundle(str(number).encode() for number in range(256)),
    }
    sha256 = {f"{name}_sha256": hashlib.sha256(tile).hexdigest() for name, tile in tiles.items()}
    assert sha256.items() <= told["decimal_70000"].items()
    assert Peaks(level1[:256]).root().hex() == told["decimal_70000"]["tile/2/000.p/1_hex"]


# --- the browser's script ---------------------------------------------------------------------------------------------
SCRIPT = """
import { isConsistent, isIncluded, isSigned, pasted, readProof, leafHash } from "%s";
const told = JSON.parse(process.argv[1]);
const bytes = (text) => Uint8Array.from(atob(text ?? ""), (letter) => letter.charCodeAt(0));
const tree = (size, root) => ({ size: BigInt(size), root: bytes(root) });
const said = { inclusion: [], consistency: [] };
for (const row of told.upstream_inclusion) {
  const path = { ...tree(row.size, row.root_b64), index: BigInt(row.index), path: (row.proof_b64 ?? []).map(bytes) };
  said.inclusion.push(await isIncluded(bytes(row.leaf_hash_b64), path));
}
for (const row of told.upstream_consistency) {
  const ends = [tree(row.from, row.root1_b64), tree(row.to, row.root2_b64)];
  said.consistency.push(await isConsistent(...ends, (row.proof_b64 ?? []).map(bytes)));
}
const proof = readProof(told.tlog_proof.text);
const leaf = await leafHash(new TextEncoder().encode(told.tlog_proof.entry_ascii));
said.file = [await isIncluded(leaf, proof), await isSigned(proof.note, [told.signed_note.computed.vkey])];
said.notes = [];
for (const row of told.signed_note.computed.checkpoints_of_decimal_tree) {
  said.notes.push(await isSigned(row.text, [told.signed_note.computed.vkey]));
}
const letter = `Chào Quyên,\\n\\n${proof.note}\\n-- \\nChợ`;
said.letter = pasted(letter.replaceAll("\\n", "\\r\\n")) === proof.note;
console.log(JSON.stringify(said));
"""


def test_the_browsers_script_says_the_same_of_all_of_them(tmp_path: Path) -> None:
    module = tmp_path / "check-log.mjs"
    module.write_bytes((ROOT / "static/js/check-log.js").read_bytes())
    cases = {
        name: CASES[name]
        for name in ("upstream_inclusion", "upstream_consistency", "signed_note", "tlog_proof")
    }
    run = [node.node(), "--input-type=module", "-e", SCRIPT % module.as_uri(), json.dumps(cases)]
    said = json.loads(subprocess.run(run, capture_output=True, text=True, timeout=60, check=True).stdout)

    assert said["inclusion"] == [row["valid"] for row in CASES["upstream_inclusion"]]
    assert said["consistency"] == [row["valid"] for row in CASES["upstream_consistency"]]
    assert (said["file"], said["letter"]) == ([True, True], True)
    signed = CASES["signed_note"]["computed"]["checkpoints_of_decimal_tree"]
    assert said["notes"] == [row["valid"] for row in signed]


# --- signed notes -----------------------------------------------------------------------------------------------------
NOTES = CASES["signed_note"]
MARKET = Signer("trace.example.vn/log", bytes.fromhex(NOTES["computed"]["seed_hex_TEST_ONLY"]))


def test_a_key_is_published_and_kept_in_the_common_form() -> None:
    assert MARKET.verifier.public.hex() == NOTES["computed"]["public_key_hex"]
    assert MARKET.verifier.vkey == NOTES["computed"]["vkey"]
    assert Verifier.read(MARKET.verifier.vkey) == MARKET.verifier
    assert Signer.read(MARKET.skey) == MARKET
    for wrong in ("", "a+b", MARKET.skey[:-4], MARKET.skey.replace("trace", "other"), MARKET.verifier.vkey):
        with pytest.raises(BadNote) as refused:
            Signer.read(wrong)
        assert MARKET.skey[-20:] not in str(refused.value)
    with pytest.raises(BadNote):
        Verifier.read(MARKET.verifier.vkey.replace("trace", "other"))
    with pytest.raises(BadNote):
        Signer.new("two words")


def test_the_example_of_the_standard_is_opened_by_its_key_only() -> None:
    told = NOTES["upstream"]

    assert notes.opened(told["note"], [Verifier.read(told["vkey"])]) == "This is an example message.\n"
    with pytest.raises(BadNote, match="nobody known"):
        notes.opened(told["note"], [MARKET.verifier])


@pytest.mark.parametrize("row", NOTES["computed"]["checkpoints_of_decimal_tree"])
def test_checkpoints_are_signed_and_read(row: dict[str, Any]) -> None:
    if not row["valid"]:
        with pytest.raises(BadNote):
            notes.opened(row["text"], [MARKET.verifier])
        return
    head = Head(MARKET.name, row["size"], decimal()[1].root(row["size"]))
    assert notes.sign(str(head), [MARKET]) == row["text"]
    assert notes.read_head(notes.opened(row["text"], [MARKET.verifier])) == head


def test_two_keys_sign_while_one_takes_over_from_the_other() -> None:
    old, text = Signer.new(MARKET.name), str(Head(MARKET.name, 1, b"1" * 32))
    note = notes.sign(text, [old, MARKET])

    assert notes.opened(note, [old.verifier]) == notes.opened(note, [MARKET.verifier]) == text
    forged = note.replace("\n1\n", "\n2\n", 1)
    with pytest.raises(BadNote, match="did not sign"):
        notes.opened(forged, [MARKET.verifier])


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\n01\nAAAA\n", "a\n-1\n\n", "a\n1\nAAAA\n", "\n1\n\n", "a\n1\n*\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        notes.read_head(text)


def test_the_file_that_proves_one_entry() -> None:
    told = CASES["tlog_proof"]
    checkpoint = next(row for row in NOTES["computed"]["checkpoints_of_decimal_tree"] if row["size"] == 1000)
    index = int(told["entry_ascii"])

    assert notes.proof_file(index, decimal()[1].inclusion(index, 1000), checkpoint["text"]) == told["text"]
