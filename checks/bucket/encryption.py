"""Default encryption of a trail's bucket."""

from __future__ import annotations

from auditor.checking import BucketCheck, Severity, Verdict, known, observed, passed
from auditor.model.bucket import BucketEncryption, BucketFacts
from auditor.model.snapshot import Snapshot
from checks.bucket.log_files import trails_into


class BucketDefaultEncryption(BucketCheck):
    """New objects in the bucket are encrypted at rest.

    S3 has encrypted every new object since January 2023 and nobody can turn that off, so the check never fails: it
    says by what. That the trail uses a key of the account is what `trail.encryption` asks.
    """

    id = "bucket.encryption"
    title = "The trail's bucket encrypts what is written to it"
    severity = Severity.LOW
    rationale = (
        "What the bucket stores should be of no use to whoever gets hold of the storage; with a KMS key, every "
        "reading is also a use of the key that can be refused and is recorded."
    )
    references = ("https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",)

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Tells by which algorithm and key new objects are encrypted."""
        encryption = known(facts.encryption)
        shown = observed(encryption, facts.arn, "algorithm", "kms_key")
        notes = tuple(
            f"The trail {facts_of.trail.name} names a key of its own, {facts_of.trail.kms_key}, which encrypts its "
            "log files whatever the bucket's default is."
            for facts_of in trails_into(facts, account)
            if facts_of.trail.kms_key
        )
        return passed(_reason(facts.name, encryption), shown, notes=notes)


def _reason(name: str, encryption: BucketEncryption) -> str:
    if encryption.algorithm is None:
        return f"The bucket {name} sets no encryption, so S3's own default encrypts new objects: SSE-S3 (AES256)."
    if encryption.algorithm == "AES256":
        return f"New objects in {name} are encrypted by SSE-S3 (AES256)."
    key = encryption.kms_key or "the account's key aws/s3, which AWS manages"
    return f"New objects in {name} are encrypted by {encryption.algorithm} with {key}."
