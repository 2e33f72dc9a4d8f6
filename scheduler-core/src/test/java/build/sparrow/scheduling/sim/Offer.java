package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Resources;

/** What travels with an attempt and schedulers never see. */
record Offer(
    FrontendId frontend,
    ExecutorId executor,
    OperationId operation,
    Action action,
    Resources size,
    boolean alone) {}
