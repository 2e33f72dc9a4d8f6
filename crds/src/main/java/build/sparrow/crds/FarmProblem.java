package build.sparrow.crds;

import org.jspecify.annotations.Nullable;

/**
 * Something that keeps a farm from running as it is written.
 *
 * @param path where, as {@code spec.executorPools[0].slots}
 * @param value what stands there, null if nothing does
 * @param reason what is wrong and what to write instead
 */
public record FarmProblem(String path, @Nullable String value, String reason) {}
