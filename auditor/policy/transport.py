"""Judges whether a bucket policy refuses requests that are not encrypted in transit."""

from __future__ import annotations

from dataclasses import replace

from auditor.policy.denial import Denial, Extent, deny_for_everyone, weakest
from auditor.policy.model import Policy

_OLD = "1.1"


def denies_without_tls(policy: Policy | None, bucket_arn: str) -> Denial:
    """Gives whether S3 actions on a bucket and its objects are denied where `aws:SecureTransport` is false.

    All of them must be. A Deny on `s3:TlsVersion` alone refuses old TLS. Whether a request with no TLS at all
    carries that key is not documented, so such a policy comes out as DEPENDS; beside a Deny on
    `aws:SecureTransport` it is a note.

    Args:
        policy: The bucket policy; None for a bucket that has none.
        bucket_arn: The bucket's ARN, such as `arn:aws:s3:::trail-logs`.

    Source: the bucket policy that the S3 user guide and Security Hub control S3.5 ask for,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
    """
    found = _denial(policy, bucket_arn, {"aws:SecureTransport": "false"})
    if found.extent in (Extent.EVERYONE, Extent.EXCEPT):
        old = _denial(policy, bucket_arn, {"aws:SecureTransport": "true", "s3:TlsVersion": _OLD})
        if old.extent is Extent.EVERYONE:
            return replace(found, notes=(*found.notes, f"TLS {_OLD} is denied too"))
        return found
    old = _denial(policy, bucket_arn, {"aws:SecureTransport": "false", "s3:TlsVersion": _OLD})
    if found.extent is Extent.NOT_DENIED and old.extent is Extent.EVERYONE:
        question = "whether a request without TLS carries s3:TlsVersion"
        note = "old TLS is denied by s3:TlsVersion, but nothing denies aws:SecureTransport false"
        return Denial(Extent.DEPENDS, because=old.because, hangs_on=(question,), notes=(note,))
    return found


def _denial(policy: Policy | None, bucket_arn: str, context: dict[str, str]) -> Denial:
    asked = {"bucket": bucket_arn, "objects": f"{bucket_arn}/*"}
    each = {what: deny_for_everyone(policy, "s3:*", arn, context=context) for what, arn in asked.items()}
    found = weakest(tuple(each.values()))
    missing = [what for what, denial in each.items() if denial.extent is Extent.NOT_DENIED]
    if len(missing) == 1:
        return replace(
            found, notes=(*found.notes, f"requests to the {missing[0]} at {asked[missing[0]]} are not denied")
        )
    return found
