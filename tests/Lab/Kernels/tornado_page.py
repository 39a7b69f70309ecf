"""A page as a Python client has it: tornado's WebSocket, the legacy protocol, and jupyter_client's own reading of messages."""
import asyncio
import json
import sys
import uuid

from jupyter_client.session import Session
from tornado.websocket import websocket_connect


async def main(address, code):
    session = Session()
    page = await websocket_connect(f"{address}?session_id={session.session}")
    message = session.msg("execute_request", {
        "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
    message["channel"] = "shell"
    await page.write_message(json.dumps(message, default=str))
    replied = idle = False
    while not (replied and idle):
        text = await page.read_message()
        if text is None:
            sys.exit(f"closed: {page.close_code}")
        reply = json.loads(text)
        if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        replied |= reply["msg_type"] == "execute_reply" and reply["channel"] == "shell"
        idle |= reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle"
        if reply["msg_type"] == "stream":
            print(reply["content"]["text"], end="")
    page.close()


asyncio.run(main(sys.argv[1], sys.argv[2]))
