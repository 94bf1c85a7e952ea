"""S3: who may ask for a bucket's settings, MFA delete, the encryption that every bucket has, and who pays."""

from __future__ import annotations

import re
from typing import Any

from moto.s3.models import s3_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler
from auditor.demo.gaps.organizations import OrganizationsGaps
from auditor.demo.mirrors import Mirrors
from auditor.demo.permits import permits
from auditor.policy import Principal, Request

_DEFAULT_ENCRYPTION = {
    "ServerSideEncryptionConfiguration": {
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
    }
}
_ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
}
"""The actions that are not named like the operation.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/, "Permissions" of each operation.
"""

_OWNERS_ONLY = {"GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"}


class S3Gaps:
    """What moto lacks of S3.

    Args:
        organizations: Which account is in which organization.
        mirrors: Which account is answered from which.
    """

    def __init__(self, organizations: OrganizationsGaps, mirrors: Mirrors) -> None:
        self._organizations = organizations
        self._mirrors = mirrors
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

    def refused(self, call: Call) -> Response | None:
        """Gives the error for one who is not the bucket's owner and whom its policy does not let in.

        Objects are left to moto, which gives them to anybody. Whoever names the owner that he expects gets an error
        where it is another, as told by
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html.
        """
        bucket = call.params.get("Bucket", "")
        if call.service != "s3" or not bucket or call.operation == "CreateBucket":
            return None
        owner = self._owner(bucket)
        expected = call.environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER", owner)
        if owner and expected != owner:
            return call.error("AccessDenied", "Access Denied", 403)
        if owner in ("", call.account) or "Key" in call.params or "Delete" in call.params:
            return None
        action = f"s3:{_ACTIONS.get(call.operation, call.operation)}"
        if not self._lets_in(bucket, action, call):
            who = f"User: {call.who} is not authorized to perform: {action}"
            reason = f"because no resource-based policy allows the {action} action"
            return call.error("AccessDenied", f'{who} on resource: "arn:aws:s3:::{bucket}" {reason}', 403)
        if call.operation in _OWNERS_ONLY:
            return call.error("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
        return None

    def _owner(self, bucket: str) -> str:
        """Gives the account that owns a bucket; empty where there is no such bucket."""
        _, owner = s3_backends.bucket_accounts.get(bucket, ("", ""))
        if owner:
            return str(owner)
        for account in re.findall(r"\d{12}", bucket):
            template = self._mirrors.template(account)
            if template != account and bucket.replace(account, template) in s3_backends.bucket_accounts:
                return str(account)
        return ""

    def _lets_in(self, bucket: str, action: str, call: Call) -> bool:
        partition, owner = s3_backends.bucket_accounts.get(bucket, ("aws", ""))
        found = s3_backends[owner][partition].buckets.get(bucket) if owner else None
        if found is None or not found.policy:
            return False
        text = found.policy.decode() if isinstance(found.policy, bytes) else found.policy
        # Whatever speaks to this machine is taken to speak TLS.
        context = {"aws:SecureTransport": "true"}
        management = self._organizations.management_of(call.caller.account)
        if management:
            context["aws:PrincipalOrgID"] = self._organizations.id_of(management)
        absent = () if management else ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
        principal = Principal.aws(call.caller.account, call.caller.arn)
        return permits(text, Request(principal, action, f"arn:aws:s3:::{bucket}", context, absent))

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
