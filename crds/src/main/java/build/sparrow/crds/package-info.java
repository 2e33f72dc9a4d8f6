/**
 * The Java model of the Kubernetes kinds {@code BuildFarm} and {@code ExecutorPool}.
 *
 * <p>The group is {@code sparrow.build}, the version {@code v1alpha1}. The same model is read by
 * {@code sparrow up}, which runs a farm in one process, and by the operator, so that one YAML
 * describes a farm everywhere.
 */
@NullMarked
package build.sparrow.crds;

import org.jspecify.annotations.NullMarked;
