"""Writes seeds below tests/fuzz/corpus, where the committed ones are."""
import os

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus")


def write(target, seeds):
    """seeds: file name -> bytes."""
    where = os.path.join(CORPUS, target)
    os.makedirs(where, exist_ok=True)
    for name, data in seeds.items():
        with open(os.path.join(where, name), "wb") as f:
            f.write(data)
