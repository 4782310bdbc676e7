"""A small OpenID provider on a free port: authorize is skipped, token, keys and userinfo are real.

`lie` changes what it says: claims of the ID token, the userinfo, the signing key.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "sijafung"
SECRET = "a-secret-of-the-tests"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, OTHER_KEY = _key(), _key()


class Provider:
    """What the provider knows and says; one sign-in at a time."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.claims: dict[str, Any] = {"sub": "person-1"}
        self.lie: dict[str, Any] = {}  # in the ID token
        self.userinfo_lie: dict[str, Any] = {}
        self.signing_key = KEY
        self.algorithm = "RS256"
        self.nonce = self.challenge = ""
        self.asked: list[dict[str, str]] = []

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != self.challenge:
            return 400, {"error": "invalid_grant"}
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": self.nonce, **self.claims, **self.lie,
        }  # fmt: skip
        claims = {key: value for key, value in claims.items() if value is not None}
        key: Any = self.signing_key if self.algorithm == "RS256" else None
        signed = jwt.encode(claims, key, self.algorithm, headers={"kid": "one"})
        return 200, {"id_token": signed, "access_token": "open", "token_type": "Bearer"}

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/keys":
                self.answer(200, provider.keys())
            elif self.headers.get("Authorization") == "Bearer open":
                self.answer(200, provider.claims | provider.userinfo_lie)
            else:
                self.answer(401, {})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {key: values[0] for key, values in parse_qs(text).items()}
            self.answer(*provider.token(form))

        def answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
