"""A registry restored from a backup, and the question whether it is the newest there was.

A restored registry never writes to its old log again: somebody may hold more of that log than the
backup did, and a second history under one key is a fork. It gets a new key and a new log, and the
old key signs who follows it. Without the old key nothing can prove that; the new log then says whom
it follows in words only, and has no say over what stands in the old one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from habeas.claims.claim import Claim, read_opening
from habeas.claims.values import File, Name, Quantity, Ref, Text
from habeas.errors import InputError, IntegrityError, KeyFileError, NotFoundError, StorageError
from habeas.evidence.store import EvidenceStore
from habeas.ledger.archive import Limits, unpack
from habeas.ledger.checkpoint import SignedCheckpoint, open_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.entry import Entry, decoy_opening
from habeas.ledger.envelope import is_sealed, open_file
from habeas.ledger.history import History, Record, raw_entries, read_history, verify_entry
from habeas.ledger.keys import SigningKey, generate_key, new_origin, read_key_file, write_key_file
from habeas.ledger.note import decode_base64, parse_note
from habeas.ledger.succession import sign_succession
from habeas.ledger.tree import frontier_of
from habeas.registry.appending import tile_reader
from habeas.registry.backup import (
    ALLOWED,
    AUTHORITIES,
    MANIFEST,
    BackupManifest,
    read_backup_manifest,
)
from habeas.registry.lineage import PREDECESSOR
from habeas.registry.merging import Merger
from habeas.registry.quarantine import quarantine
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import DATABASE, Registry, log_id
from habeas.registry.settings import NAME
from habeas.registry.shredding import Salts, restore_file, restore_opening
from habeas.registry.sqlite import SqliteStore
from habeas.registry.store import Store
