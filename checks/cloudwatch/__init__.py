"""Delivery to CloudWatch Logs, and the log groups that receive it."""
