"""What a JSON Schema cannot say of the gateway's calls, said to what makes up valid ones."""

import schemathesis


@schemathesis.hook
def map_case(context, case):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    if case.operation.method == "post" and case.operation.path == "/signings":
        make_consistent(case)
    # A cursor comes from an earlier page alone.
    if case.query:
        case.query.pop("cursor", None)
    return case


def make_consistent(case):
    body = case.body
    # Of body and header one must name the request, and they must not differ.
    case.headers.pop("idempotency-key", None)
    body["requestId"] = body.get("requestId") or "made-up"
    # With a key, and no token, the employee must be named.
    body["employeeId"] = body.get("employeeId") or "45"
    for index, document in enumerate(body["documents"]):
        # Names differ, a source that is no file's needs one, and a host must be more than signs in a row.
        document["name"] = f"{index}.pdf"
        if document["source"].startswith("https:"):
            document["source"] = "https://docs.bank.example/a.pdf"
    # There is something to sign.
    body["documents"][0]["signatureFields"] = "required"
    if body.get("callbackUrl"):
        body["callbackUrl"] = "https://crm.example.invalid/hook"
