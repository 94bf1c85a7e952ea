#!/bin/sh
# Mends what fails in the account {{ run.account_id|line }}, as {{ tool.name }} {{ tool.version|line }} read it at {{ run.finished_at|utc }} UTC.
# Report {{ run.id|line }}, {{ plan.findings|length }} failing finding(s), {{ plan.steps|length }} step(s).
#
# {% if plan.asks %}{% for name in plan.asks %}{{ name }}=... {% endfor %}{% endif %}sh FILE              mends; running it again changes nothing
# {% if plan.asks %}{% for name in plan.asks %}{{ name }}=... {% endfor %}{% endif %}sh FILE --rollback   brings back what was there, the last step first
#
# It needs the aws command line and rights to change what the steps name. A scan never runs it.
{% if plan.by_hand %}
#
# No command mends these:
{% for finding in plan.by_hand %}
#   {{ finding.check_id|line }}: {{ (finding.remediation.summary if finding.remediation else finding.reason)|line }}
{% endfor %}
{% endif %}
set -eu
{% for name in plan.asks %}
{% if name == "EMAIL" %}
: "${EMAIL:?set EMAIL to the address of the person to be told}"
{% else %}
: "${{ '{' }}{{ name }}:?set {{ name }}; the steps below say to what}"
{% endif %}
{% endfor %}
export AWS_PAGER=''

account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != {{ run.account_id|quoted }} ]; then
    printf '%s\n' "These credentials are for the account $account, and this script is for "{{ run.account_id|quoted }} >&2
    exit 2
fi

mend() {
    :
{% for step in plan.steps %}

# {{ loop.index }} of {{ plan.steps|length }}: {{ step.does|line }}.
{% if step.cost %}
# {{ step.cost|line }}
{% endif %}
printf '%s\n' {{ ("%s of %s: %s"|format(loop.index, plan.steps|length, step.does|line))|quoted }} >&2
{% for command in step.commands %}
{{ command }}
{% endfor %}
{% endfor %}
}

roll_back() {
    :
{% for step in plan.undone %}

# Undoes: {{ step.does|line }}.
printf '%s\n' {{ ("Undoing: %s"|format(step.does|line))|quoted }} >&2
{% for command in step.rollback %}
{{ command }}
{% endfor %}
{% endfor %}
}

case "${1:-}" in
    '') mend ;;
    --rollback) roll_back ;;
    *)
        printf '%s\n' "usage: sh $0 [--rollback]" >&2
        exit 2
        ;;
esac
