"""Delivery with a guard left out, each as it is often written; `STORM_TWIN` chooses one for the worker."""

import os
from dataclasses import replace
from typing import Any

from celery import shared_task
from django.db.models.functions import Now

from core.jobs.registry import Retry, handlers
from core.notices import services, states
from core.notices.models import Notice
from core.notices.sending import Never, Undelivered, send
from core.states import move


@shared_task(acks_late=False)
def hand_over(notice: int) -> None:
    """The task of the first twin."""
    services.deliver(notice)


def redis_is_the_record(key: str, payload: dict[str, Any]) -> None:
    """Celery's defaults: the job is done as soon as Redis has the task, and Redis forgets it when it is taken."""
    hand_over.delay(payload["notice"])


def sent_then_written(key: str, payload: dict[str, Any]) -> None:
    """Nothing is committed before SMTP, so that whoever finds the notice takes it for one that never went."""
    notice = Notice.objects.get(pk=payload["notice"])
    if notice.state != states.QUEUED:
        return
    try:
        send(notice)
    except Never as error:
        move(notice, "fail", last_error=str(error))
    except Undelivered as error:
        raise Retry(str(error)) from error
    else:
        move(notice, "begin")
        move(notice, "confirm", sent=Now())


TWINS = {"redis_is_the_record": redis_is_the_record, "sent_then_written": sent_then_written}
if twin := os.environ.get("STORM_TWIN"):
    handlers[services.JOB] = replace(handlers[services.JOB], run=TWINS[twin])
