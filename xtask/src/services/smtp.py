"""Keeps every mail as a file of its own, NUMBER.eml in the order of arrival; called with a port and a folder.

A file is there only when it is complete. It begins with the envelope: X-MailFrom, and X-RcptTo for every recipient.
"""

import asyncio
import itertools
import os
import sys

from aiosmtpd.smtp import SMTP

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]


class Catcher:
    numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope):
        head = [f"X-MailFrom: {envelope.mail_from}", *(f"X-RcptTo: {to}" for to in envelope.rcpt_tos)]
        name = os.path.join(FOLDER, f"{next(self.numbers):06}")
        with open(name + ".part", "wb") as file:
            file.write("".join(line + "\r\n" for line in head).encode() + envelope.original_content)
        os.rename(name + ".part", name + ".eml")
        return "250 kept"


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Catcher(), enable_SMTPUTF8=True), "127.0.0.1", PORT)
    print("ready for mail", flush=True)
    await server.serve_forever()


asyncio.run(serve())
