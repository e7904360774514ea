"""Verifies callbacks as a receiver in Python does: reads JSON lines, answers one line each, the event or why not."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    callback = json.loads(line)
    try:
        event = Webhook(callback["secret"]).verify(callback["body"], callback["headers"])
        print(json.dumps({"event": event}))
    except WebhookVerificationError as error:
        print(json.dumps({"refused": str(error)}))
