/**
 * Real Bazels that build a real workspace on a farm under test.
 *
 * <p>{@link build.sparrow.e2e.bazel.Bazel} is the door. A Bazel server takes seconds to start, so
 * there are two for the whole run, each with a workspace and an output base of its own; every test
 * begins with {@code bazel clean}.
 */
@NullMarked
package build.sparrow.e2e.bazel;

import org.jspecify.annotations.NullMarked;
