"""S3 buckets that trails write to."""

from __future__ import annotations

from pydantic import Field

from auditor.model.fact import Fact, Frozen, Part, Read


class PublicAccessBlock(Fact):
    """The four switches of a bucket or an account (GetPublicAccessBlock); all off where none is set.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """

    block_acls: bool = Field(default=False, alias="BlockPublicAcls")
    ignore_acls: bool = Field(default=False, alias="IgnorePublicAcls")
    block_policy: bool = Field(default=False, alias="BlockPublicPolicy")
    restrict_buckets: bool = Field(default=False, alias="RestrictPublicBuckets")


class BucketPolicy(Fact):
    """A bucket's policy as text (s3:GetBucketPolicy); None where it has none."""

    text: str | None = Field(default=None, alias="Policy")


class PolicyStatus(Fact):
    """Whether S3 itself calls the bucket's policy public (s3:GetBucketPolicyStatus)."""

    public: bool = Field(default=False, alias="IsPublic")


class Grantee(Part):
    """To whom an ACL grants: a user by id, or a group by URI."""

    type: str = ""
    id: str | None = Field(default=None, alias="ID")
    uri: str | None = Field(default=None, alias="URI")


class Grant(Part):
    """One grant of an ACL."""

    grantee: Grantee = Field(default_factory=Grantee)
    permission: str = ""


class Owner(Part):
    """The canonical user that owns a bucket."""

    id: str = Field(default="", alias="ID")


class Acl(Fact):
    """A bucket's access control list (s3:GetBucketAcl)."""

    owner: Owner = Field(default_factory=Owner)
    grants: tuple[Grant, ...] = ()


class BucketEncryption(Fact):
    """A bucket's default encryption (s3:GetBucketEncryption); None where it has none."""

    algorithm: str | None = None
    kms_key: str | None = None


class Versioning(Fact):
    """A bucket's versioning and MFA delete (s3:GetBucketVersioning)."""

    status: str = ""
    mfa_delete: str = Field(default="", alias="MFADelete")

    @property
    def enabled(self) -> bool:
        """Whether versioning is on."""
        return self.status == "Enabled"

    @property
    def needs_mfa(self) -> bool:
        """Whether deleting a version needs the root user's MFA device."""
        return self.mfa_delete == "Enabled"


class ObjectLock(Fact):
    """A bucket's Object Lock (s3:GetObjectLockConfiguration); mode None means no default retention."""

    enabled: bool = False
    mode: str | None = None
    days: int | None = None
    years: int | None = None


class AccessLogging(Fact):
    """Where a bucket's access logs go (s3:GetBucketLogging); None where they go nowhere."""

    target: str | None = None
    prefix: str = ""


class LifecycleRule(Part):
    """One lifecycle rule, as far as it ends an object's life. Days count from the object's making."""

    id: str = ""
    enabled: bool
    prefix: str = ""
    narrowed: bool = False
    expires_after_days: int | None = None
    expires_on: str | None = None
    noncurrent_days: int | None = None


class Lifecycle(Fact):
    """A bucket's lifecycle rules (s3:GetBucketLifecycleConfiguration)."""

    rules: tuple[LifecycleRule, ...] = ()


class RequestPayment(Fact):
    """Who pays for requests (s3:GetBucketRequestPayment)."""

    payer: str = "BucketOwner"


class BucketFacts(Frozen):
    """All that was read of one bucket; the account is its owner's, where that is known."""

    name: str
    arn: str
    region: str
    account_id: str = ""
    exists: bool = True
    public_access_block: Read[PublicAccessBlock]
    policy: Read[BucketPolicy]
    policy_status: Read[PolicyStatus]
    acl: Read[Acl]
    encryption: Read[BucketEncryption]
    versioning: Read[Versioning]
    object_lock: Read[ObjectLock]
    logging: Read[AccessLogging]
    lifecycle: Read[Lifecycle]
    payment: Read[RequestPayment]
