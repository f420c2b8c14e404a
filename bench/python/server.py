"""The usual small WhatsApp backend, for comparison: FastAPI, pywa, one insert and commit per request into SQLite.

Run: uvicorn server:app --workers 1, with BASELINE_DB, BASELINE_SECRET, BASELINE_PHONE_ID in the environment.
Durability is the same as ours: WAL with synchronous=FULL, the answer comes after the commit.
"""

import logging
import os
import sqlite3

from fastapi import FastAPI
from pywa_async import WhatsApp
from pywa_async.types import Message, MessageStatus

logging.disable(logging.WARNING)

database = sqlite3.connect(os.environ["BASELINE_DB"], isolation_level=None, check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute(
    "CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, sender TEXT NOT NULL, kind TEXT NOT NULL, body TEXT)"
)

app = FastAPI()
client = WhatsApp(
    phone_id=os.environ["BASELINE_PHONE_ID"],
    token="unused",
    server=app,
    webhook_endpoint="/webhook",
    verify_token="unused",
    app_secret=os.environ["BASELINE_SECRET"],
)


def insert(key, sender, kind, body):
    """One event, one durable commit."""
    database.execute("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?)", (key, sender, kind, body))


@client.on_message
async def on_message(_client, message: Message):
    """A customer wrote."""
    insert(message.id, message.from_user.wa_id, message.type.value, message.text)


@client.on_message_status
async def on_status(_client, status: MessageStatus):
    """A message we sent moved on."""
    insert(f"{status.id}:{status.status.value}", status.from_user.wa_id, "status", None)


@app.get("/ready")
async def ready():
    """Answers once the process serves."""
    return {"ok": True}
