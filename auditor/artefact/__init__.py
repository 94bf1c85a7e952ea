"""One artefact that mends all that fails in a report: a shell script, a CloudFormation template, Terraform."""
