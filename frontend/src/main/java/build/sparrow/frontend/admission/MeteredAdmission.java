package build.sparrow.frontend.admission;

import build.sparrow.reapi.ActionKey;
import io.grpc.StatusRuntimeException;
import io.prometheus.client.Histogram;

/** Measures how long admission takes, by what comes of it. */
public final class MeteredAdmission implements Admission {
  private static final Histogram SECONDS =
      Histogram.build(
              "sparrow_frontend_admission_seconds",
              "Time from Execute to the decision whether the action may be scheduled")
          .labelNames("outcome")
          .buckets(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
          .register();

  private final Admission base;

  public MeteredAdmission(Admission base) {
    this.base = base;
  }

  @Override
  public Verdict admit(ActionKey key, boolean skipCacheLookup) {
    long start = System.nanoTime();
    String outcome = "failed";
    try {
      Verdict verdict = base.admit(key, skipCacheLookup);
      outcome =
          switch (verdict) {
            case Verdict.Admitted _ -> "admitted";
            case Verdict.Cached _ -> "cached";
            case Verdict.BlobsMissing _ -> "missing";
          };
      return verdict;
    } catch (StatusRuntimeException e) {
      outcome = "refused";
      throw e;
    } finally {
      SECONDS.labels(outcome).observe((System.nanoTime() - start) / 1e9);
    }
  }

  @Override
  public void inputsWentMissing() {
    base.inputsWentMissing();
  }
}
