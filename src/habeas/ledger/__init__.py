"""The ledger: what was recorded, in which order, signed so that nothing changes silently.

For the append-only log of each key: the hash tree over its entries, the tiles that store it, the
signed checkpoints that cover it, the witnesses' countersignatures, and the proofs that a stranger
checks with `sha256sum` and `openssl`. It knows nothing of claims' meaning, sensitivity or views,
keeps no evidence files, and never says that an entry is true: only that it stood there, unchanged.

The formats are published ones (C2SP, RFC 6962, age); `docs/spec/ledger.md` names each with its
version. `tree`, `tile`, `note`, `checkpoint`, `cosignature` and `proof` do no I/O; `keys` reads and
writes key files and nothing else.
"""
