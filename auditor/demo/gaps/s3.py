"""S3: MFA delete, the encryption that every bucket has, and who pays for requests."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler

_DEFAULT_ENCRYPTION = {
    "ServerSideEncryptionConfiguration": {
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
    }
}


class S3Gaps:
    """What moto lacks of S3."""

    def __init__(self) -> None:
        self._mfa_delete: dict[str, str] = {}
        self._payer: dict[str, str] = {}

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {
            "s3:GetBucketEncryption": self._get_bucket_encryption,
            "s3:GetBucketRequestPayment": self._get_bucket_request_payment,
            "s3:GetBucketVersioning": self._get_bucket_versioning,
            "s3:PutBucketRequestPayment": self._put_bucket_request_payment,
            "s3:PutBucketVersioning": self._put_bucket_versioning,
        }

    def _get_bucket_encryption(self, call: Call, forward: Forward) -> Response:
        """Since January 2023 S3 encrypts every bucket with its own keys at least."""
        response = forward(call)
        if b"ServerSideEncryptionConfigurationNotFoundError" in response.get_data():
            return call.reply(_DEFAULT_ENCRYPTION)
        return response

    def _put_bucket_versioning(self, call: Call, forward: Forward) -> Response:
        response = forward(call)
        asked = call.params.get("VersioningConfiguration", {}).get("MFADelete")
        if response.status_code < 300 and asked:
            self._mfa_delete[call.params["Bucket"]] = asked
        return response

    def _get_bucket_versioning(self, call: Call, forward: Forward) -> Response:
        def add(result: dict[str, Any]) -> None:
            if call.params["Bucket"] in self._mfa_delete:
                result["MFADelete"] = self._mfa_delete[call.params["Bucket"]]

        return call.changed(forward(call), add)

    def _put_bucket_request_payment(self, call: Call, _forward: Forward) -> Response:
        self._payer[call.params["Bucket"]] = call.params["RequestPaymentConfiguration"]["Payer"]
        return call.reply({})

    def _get_bucket_request_payment(self, call: Call, forward: Forward) -> Response:
        """Asks moto first, for the bucket may not exist."""
        response = forward(call)
        if response.status_code >= 300:
            return response
        return call.reply({"Payer": self._payer.get(call.params["Bucket"], "BucketOwner")})
