"""Queries about who did what, from where, and what AWS refused."""

from __future__ import annotations

from collections.abc import Callable

from auditor.hunt.columns import (
    ADDRESS,
    AGENT,
    ERROR,
    EVENT,
    FOR,
    ID,
    IDENTITY,
    KEY,
    KIND,
    MESSAGE,
    REGION,
    ROLE,
    SOURCE,
    TIME,
    USER,
    listed,
    parameter,
)
from auditor.hunt.conditions import absent, all_of, any_of, begins, contains, ends, equal, like, one_of, present
from auditor.hunt.denials import denial_codes
from auditor.hunt.model import Column, Grouping, Parameter, Query, Values
from auditor.pattern import Always, Expression

_RECORD = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"
_IDENTITY = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html"
_SIGN_IN = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html"
_STS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html"
_ISSUER = "userIdentity.sessionContext.sessionIssuer"
# Where an event names who made the request. For an assumed role the ARN holds the session, and the issuer the role.
_NAMES = (
    "userIdentity.arn",
    "userIdentity.userName",
    "userIdentity.accessKeyId",
    "userIdentity.accountId",
    "userIdentity.principalId",
    "userIdentity.invokedBy",
    f"{_ISSUER}.arn",
    f"{_ISSUER}.userName",
)
_MATCHES: dict[str, Callable[[str, str], Expression]] = {
    "exact": equal,
    "prefix": begins,
    "suffix": ends,
    "contains": contains,
}
_MATCH = Parameter("match", "How much of the field the value is.", "exact", tuple(_MATCHES))


def _by_identity(values: Values) -> Expression:
    matches = _MATCHES[values["match"]]
    return any_of(*(matches(field, values["identity"]) for field in _NAMES))


def _failed(values: Values) -> Expression:
    return equal("errorCode", values["code"]) if values["code"] else present("errorCode")


def _sign_ins(values: Values) -> Expression:
    terms = [equal("eventName", "ConsoleLogin")]
    if values["outcome"] != "any":
        terms.append(equal("responseElements.ConsoleLogin", values["outcome"].capitalize()))
    if values["mfa"] == "yes":
        terms.append(equal("additionalEventData.MFAUsed", "Yes"))
    elif values["mfa"] == "no":
        used = "additionalEventData.MFAUsed"
        terms.append(any_of(equal(used, "No"), absent(used)))
    return all_of(*terms)


def _from_address(values: Values) -> Expression:
    return _MATCHES[values["match"]]("sourceIPAddress", values["address"])


def _events(values: Values) -> Expression:
    return _MATCHES[values["match"]]("eventName", values["event"])


_EVERY: Callable[[Values], Expression] = lambda _values: Always()  # noqa: E731 - it reads as the others do

PEOPLE = (
    Query(
        name="by-identity",
        title="What an identity did",
        answers="Every event of one user, role, session, access key, account or service, as it is named in the event.",
        why="An identity that is under suspicion is followed through all that it did. The event names a role's session"
        " by the session's ARN and the role itself only as the session's issuer, so both are looked at.",
        references=(_IDENTITY,),
        columns=(TIME, SOURCE, EVENT, KIND, IDENTITY, ROLE, KEY, FOR, REGION, ADDRESS, ERROR, ID),
        where=_by_identity,
        parameters=(
            Parameter("identity", "An ARN, a user's or role's name, an access key id or an account id."),
            _MATCH,
        ),
    ),
    Query(
        name="failed-calls",
        title="Calls that failed",
        answers="Every event with an error code, or with the code that is asked for.",
        why="Whoever tries stolen credentials or feels their way fails often, and with codes that regular use lacks.",
        references=(_RECORD,),
        columns=(TIME, SOURCE, EVENT, IDENTITY, REGION, ADDRESS, ERROR, MESSAGE, ID),
        where=_failed,
        parameters=(Parameter("code", "An error code, such as NoSuchEntityException; any where empty.", ""),),
    ),
    Query(
        name="failed-calls-by-code",
        title="Error codes and how often each comes",
        answers="How many calls failed with each code, of which service, and when first and last.",
        why="A code that is new, or suddenly frequent, is where to look more closely.",
        references=(_RECORD,),
        columns=(ERROR, SOURCE),
        where=lambda _values: present("errorCode"),
        grouping=Grouping(),
    ),
    Query(
        name="denials",
        title="Calls that AWS refused for want of a permission",
        answers="Every event whose error code is a denial, in each of the spellings that AWS's services use.",
        why="Denials tell of credentials in the wrong hands, or of a person looking for what they may do. AccessDenied"
        " is one spelling among many: EC2 writes Client.UnauthorizedOperation, SNS AuthorizationError.",
        references=("https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html", _RECORD),
        columns=(TIME, SOURCE, EVENT, IDENTITY, REGION, ADDRESS, ERROR, MESSAGE, ID),
        where=lambda _values: like("errorCode", *denial_codes()),
    ),
    Query(
        name="denials-by-identity",
        title="Whom AWS refused, and how often",
        answers="How many denials each identity met, of which service, and when first and last.",
        why="One identity with many denials over many services looks like someone who tries what they may do.",
        references=(_RECORD,),
        columns=(KIND, USER, ROLE, SOURCE),
        where=lambda _values: like("errorCode", *denial_codes()),
        grouping=Grouping(),
    ),
    Query(
        name="console-logins",
        title="Sign-ins to the console, and whether with MFA",
        answers="Every sign-in: who, from where, whether it worked, and whether AWS saw a second factor.",
        why="A sign-in without a second factor or from an unknown place is how many incidents begin. Where people come"
        " through single sign-on, the second factor is the identity provider's, and AWS says No or nothing.",
        references=(_SIGN_IN,),
        columns=(
            TIME,
            KIND,
            IDENTITY,
            Column("responseElements.ConsoleLogin", "outcome"),
            Column("additionalEventData.MFAUsed", "mfaUsed"),
            Column("additionalEventData.SamlProviderArn", "samlProvider"),
            REGION,
            ADDRESS,
            AGENT,
            MESSAGE,
            ID,
        ),
        where=_sign_ins,
        parameters=(
            Parameter(
                "outcome", "Only those that worked, or only those that failed.", "any", ("any", "success", "failure")
            ),
            Parameter("mfa", "Only with a second factor, or only without one.", "any", ("any", "yes", "no")),
        ),
    ),
    Query(
        name="root-activity",
        title="What the root user did",
        answers="Every event of the account's root user, save what AWS's services do in its name.",
        why="Nothing limits the root user, and daily work needs it nowhere.",
        references=(_IDENTITY, "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"),
        columns=(
            TIME,
            SOURCE,
            EVENT,
            Column("userIdentity.accountId", "account"),
            KEY,
            REGION,
            ADDRESS,
            AGENT,
            ERROR,
            ID,
        ),
        where=lambda _values: all_of(equal("userIdentity.type", "Root"), absent("userIdentity.invokedBy")),
    ),
    Query(
        name="role-assumptions",
        title="Who took on which role",
        answers="Every session of a role: who asked for it, under which session name, and the session's key id.",
        why="Roles are the way from one account or service to the next. With the key id, `by-identity` tells what the"
        " session then did.",
        references=(_STS,),
        columns=(
            TIME,
            EVENT,
            KIND,
            IDENTITY,
            FOR,
            parameter("roleArn", "role"),
            parameter("roleSessionName", "session"),
            Column("responseElements.credentials.accessKeyId", "sessionKeyId"),
            ADDRESS,
            ERROR,
            ID,
        ),
        where=lambda _values: all_of(
            equal("eventSource", "sts.amazonaws.com"),
            one_of("eventName", "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"),
        ),
    ),
    Query(
        name="from-address",
        title="What came from an address",
        answers="Every event whose request came from an IP address, or from addresses that begin alike.",
        why="An address from one finding leads to everything else that was done from there.",
        references=(_RECORD,),
        columns=(TIME, SOURCE, EVENT, KIND, IDENTITY, KEY, REGION, ADDRESS, AGENT, ERROR, ID),
        where=_from_address,
        parameters=(Parameter("address", "An IP address, or AWS's name of a service that made the request."), _MATCH),
    ),
    Query(
        name="by-event",
        title="Who called one API",
        answers="Every event of a name, such as StopLogging.",
        why="Where one call is known to matter, this tells who made it.",
        references=(_RECORD,),
        columns=listed(REGION, AGENT),
        where=_events,
        parameters=(Parameter("event", "The eventName, such as StopLogging."), _MATCH),
    ),
    Query(
        name="activity-by-region",
        title="Events in each region",
        answers="How many events each region and service had, and when first and last.",
        why="Activity in a region that nobody works in is where miners and other guests settle.",
        references=("https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",),
        columns=(REGION, SOURCE),
        where=_EVERY,
        grouping=Grouping(),
    ),
    Query(
        name="activity-by-hour",
        title="Events in each hour",
        answers="How many events each hour had, by the kind of identity.",
        why="Work at hours at which nobody works stands out.",
        references=(_RECORD,),
        columns=(KIND,),
        where=_EVERY,
        grouping=Grouping(hourly=True),
    ),
    Query(
        name="first-seen",
        title="Which calls an identity made for the first time",
        answers="Each call of each user and role with its first and last time; what is new comes first.",
        why="A role that has run one job for a year and now lists users is worth a look. The further the time range"
        " reaches back, the more `first` means.",
        references=(_IDENTITY,),
        columns=(KIND, USER, ROLE, SOURCE, EVENT),
        where=_EVERY,
        grouping=Grouping(order="firstSeen"),
    ),
    Query(
        name="secrets-read",
        title="Secrets that were read",
        answers="Every reading of a secret of Secrets Manager or of a parameter of Systems Manager, and by whom.",
        why="What opens other doors is read before it is used.",
        references=("https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-cloudtrail.html",),
        columns=listed(parameter("secretId", "secret"), parameter("name", "parameter"), parameter("path", "path")),
        where=lambda _values: any_of(
            all_of(
                equal("eventSource", "secretsmanager.amazonaws.com"),
                one_of("eventName", "GetSecretValue", "BatchGetSecretValue"),
            ),
            all_of(
                equal("eventSource", "ssm.amazonaws.com"),
                one_of("eventName", "GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"),
            ),
        ),
    ),
)
