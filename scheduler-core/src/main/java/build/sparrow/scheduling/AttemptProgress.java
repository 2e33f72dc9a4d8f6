package build.sparrow.scheduling;

/** An executor's word on where one attempt is. */
public record AttemptProgress(AttemptId attempt, Phase phase) {}
