"""A sound account, and the handles by which a test breaks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from auditor.demo.alarm_parts import make_alarm
from auditor.demo.sound import Sound
from auditor.demo.trail_parts import document
from tests.aws.account import Account

AWKWARD = "[prod] 'root' \"usage\" $(false)"
# A description that the command line would fetch, were it given as an option.
TOLD = "http://127.0.0.1:9/runbook -- tells the on-call engineer"


@dataclass(frozen=True)
class Broken:
    """A sound account in which something is to be broken."""

    account: Account
    sound: Sound

    def client(self, service: str) -> Any:
        return self.account.client(service)

    def alarm(self, *topics: str, **settings: Any) -> None:
        """Has an alarm of an awkward name in the place of the sound one."""
        self.client("cloudwatch").delete_alarms(AlarmNames=["root-usage"])
        make_alarm(self.account, AWKWARD, "root-usage", *topics, AlarmDescription=TOLD, **settings)

    def topic(self, **attributes: str) -> None:
        for name, value in attributes.items():
            self.client("sns").set_topic_attributes(
                TopicArn=self.sound.topic_arn, AttributeName=name, AttributeValue=value
            )

    @property
    def trail(self) -> dict[str, str]:
        return {"Name": self.sound.trail}

    @property
    def bucket(self) -> dict[str, str]:
        return {"Bucket": self.sound.bucket}

    @property
    def key_id(self) -> str:
        return self.sound.key_arn.rpartition("/")[2]

    def update(self, **settings: Any) -> None:
        self.client("cloudtrail").update_trail(**self.trail, **settings)

    def policy(self, *leave_out: str, add: dict[str, Any] | None = None) -> None:
        """Takes statements with a word of these out of the bucket's policy, and adds one."""
        s3 = self.client("s3")
        there = json.loads(s3.get_bucket_policy(**self.bucket)["Policy"])["Statement"]
        kept = [one for one in there if not any(word in json.dumps(one) for word in leave_out)]
        s3.put_bucket_policy(**self.bucket, Policy=document(*kept, *([add] if add else [])))

    def group(self) -> dict[str, str]:
        return {"logGroupName": self.sound.log_group}

    def key(self) -> str:
        """Encrypts the topic with a key that CloudWatch may not use, and gives the key's id."""
        root = {"AWS": f"arn:aws:iam::{self.account.account_id}:root"}
        policy = document({"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"})
        key = self.client("kms").create_key(Policy=policy)["KeyMetadata"]
        self.topic(KmsMasterKeyId=key["KeyId"])
        return str(key["KeyId"])
