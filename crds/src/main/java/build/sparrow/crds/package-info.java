/**
 * The Java model of the Kubernetes kind {@code BuildFarm}, group {@code sparrow.build}, version
 * {@code v1alpha1}, and the rules that a farm must keep.
 *
 * <p>The same model is read by {@code sparrow up}, which runs a farm in one process, and by the
 * operator, so that one YAML describes a farm everywhere. The CRD in {@code crds/generated} is made
 * from it by a test. A field exists only if something obeys it.
 */
@NullMarked
package build.sparrow.crds;

import org.jspecify.annotations.NullMarked;
