"""The rules that the server acts on by itself, without any process of ours."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from prefect.automations import AutomationCore, ChangeFlowRunState, EventTrigger, Posture, RunDeployment
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType

from pipelines.flows.events import EXPORTED, RESOURCE

HEARTBEAT_SECONDS: Final = 30  # the shortest that Prefect 3.8 takes
SILENCE: Final = timedelta(seconds=3 * HEARTBEAT_SECONDS)  # as Prefect's own guide has it: three missed heartbeats
_ENDS: Final = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
_HEARTBEAT: Final = "prefect.flow-run.heartbeat"


def training_on_export(finetune_id: UUID) -> AutomationCore:
    """Start `finetune` for every exported dataset; the flow itself does not train twice on the same content."""
    return AutomationCore(
        name="mundap: train on an exported dataset",
        description="Runs finetune on the gpu pool; the flow returns what is trained already.",
        trigger=EventTrigger(
            expect={EXPORTED},
            match={"prefect.resource.id": f"{RESOURCE}.*"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            RunDeployment(
                source="selected",
                deployment_id=finetune_id,
                parameters={"manifest": _from_event("manifest"), "content_id": _from_event("content_id")},
                job_variables=None,
            )
        ],
    )


def crash_on_silence(silence: timedelta = SILENCE) -> AutomationCore:
    """Mark a run crashed whose process has sent no heartbeat for `silence`: its worker is dead."""
    return AutomationCore(
        name="mundap: crash runs of dead workers",
        description="A killed process leaves its run Running; its missing heartbeat tells.",
        trigger=EventTrigger(
            after={_HEARTBEAT},
            expect={_HEARTBEAT, *_ENDS},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=silence,
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                state=StateType.CRASHED,
                message="no heartbeat: the process that ran this is dead",
                force=False,
            )
        ],
    )


def resume_after_crash(finetune_id: UUID) -> AutomationCore:
    """Put a crashed `finetune` run back on the schedule: the next worker takes it up from its checkpoint."""
    return AutomationCore(
        name="mundap: take up crashed trainings",
        description="A crashed finetune run is scheduled again; it goes on from its checkpoint.",
        trigger=EventTrigger(
            expect={"prefect.flow-run.Crashed"},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related={
                "prefect.resource.role": "deployment",
                "prefect.resource.id": f"prefect.deployment.{finetune_id}",
            },
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.SCHEDULED, name="AwaitingRetry", message="taken up again after a crash", force=True
            )
        ],
    )


def put(client: SyncPrefectClient, automations: Iterable[AutomationCore]) -> tuple[str, ...]:
    """Make each automation, or bring the one of its name up to date; return their names."""
    names = []
    for automation in automations:
        found = client.read_automations_by_name(automation.name)
        if found:
            client.update_automation(found[0].id, automation)
        else:
            client.create_automation(automation)
        names.append(automation.name)
    return tuple(names)


def _from_event(field: str) -> dict[str, Any]:
    return {"__prefect_kind": "jinja", "template": "{{ event.payload." + field + " }}"}
