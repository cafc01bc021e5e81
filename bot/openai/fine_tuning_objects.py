"""What fine-tuning answers: jobs, their events and checkpoints; times are seconds since 1970."""

from typing import Any

from pydantic import Field

from bot.openai.objects import APIObject, APIResult, Seconds

FINAL = frozenset({"succeeded", "failed", "cancelled"})


class JobError(APIObject):
    """Why a job failed."""

    code: str | None = None
    message: str | None = None
    param: str | None = None


class JobHyperparameters(APIObject):
    """How a model is trained; auto until the server has decided."""

    n_epochs: int | str | None = None
    batch_size: int | str | None = None
    learning_rate_multiplier: float | str | None = None
    beta: float | str | None = None
    reasoning_effort: str | None = None
    compute_multiplier: float | str | None = None
    eval_interval: int | str | None = None
    eval_samples: int | str | None = None


class JobMethodSettings(APIObject):
    """The settings of one method."""

    hyperparameters: JobHyperparameters | None = None
    grader: dict[str, Any] | None = None


class JobMethod(APIObject):
    """How a job trains."""

    type: str = ""
    supervised: JobMethodSettings | None = None
    dpo: JobMethodSettings | None = None
    reinforcement: JobMethodSettings | None = None


class FineTuningJob(APIResult):
    """A fine-tuning job.

    `status` is validating_files, queued, running, paused, succeeded, failed or cancelled, or a word
    of later days, which is then not final.
    """

    id: str
    object: str = "fine_tuning.job"
    created_at: Seconds = 0
    finished_at: Seconds | None = None
    estimated_finish: Seconds | None = None
    model: str = ""
    fine_tuned_model: str | None = None
    status: str = ""
    error: JobError | None = None
    training_file: str | None = None
    validation_file: str | None = None
    result_files: list[str] | None = None
    trained_tokens: int | None = None
    hyperparameters: JobHyperparameters | None = None
    method: JobMethod | None = None
    seed: int | None = None
    suffix: str | None = None
    organization_id: str | None = None
    integrations: list[dict[str, Any]] | None = None
    metadata: dict[str, str] | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether the job's state will not change any more."""
        return self.status in FINAL


class FineTuningJobEvent(APIObject):
    """Something that happened in a job; `data` holds the metrics when `type` says so."""

    id: str = ""
    object: str = "fine_tuning.job.event"
    created_at: Seconds = 0
    level: str = ""
    message: str = ""
    type: str | None = None
    data: dict[str, Any] | None = None


class CheckpointMetrics(APIObject):
    """How good a checkpoint was."""

    step: float | None = None
    train_loss: float | None = None
    train_mean_token_accuracy: float | None = None
    valid_loss: float | None = None
    valid_mean_token_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_mean_token_accuracy: float | None = None


class FineTuningJobCheckpoint(APIObject):
    """A model as it was on the way."""

    id: str = ""
    object: str = "fine_tuning.job.checkpoint"
    created_at: Seconds = 0
    fine_tuned_model_checkpoint: str = ""
    fine_tuning_job_id: str = ""
    step_number: int = 0
    metrics: CheckpointMetrics = Field(default_factory=CheckpointMetrics)


class CheckpointPermission(APIObject):
    """A project that may use a checkpoint."""

    id: str
    object: str = "checkpoint.permission"
    created_at: Seconds = 0
    project_id: str = ""


class PermissionDeleted(APIResult):
    """What became of a permission that was to be deleted."""

    id: str
    deleted: bool
    object: str = "checkpoint.permission"


class GraderValidation(APIResult):
    """A grader as the server understood it."""

    grader: dict[str, Any] | None = None


class GraderRun(APIResult):
    """What a grader gave an answer."""

    reward: float | None = None
    sub_rewards: dict[str, Any] | None = None
    model_grader_token_usage_per_model: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
