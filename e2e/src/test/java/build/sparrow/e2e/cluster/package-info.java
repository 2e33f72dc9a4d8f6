/**
 * Tests of a farm on a real Kubernetes, one class per behaviour.
 *
 * <p>They run on the cluster that the environment variable KUBECONFIG names, else on k3s in a
 * container where a container engine is. What they apply are the examples, with patches. {@link
 * build.sparrow.e2e.cluster.TestNamespace} is the door.
 */
@NullMarked
package build.sparrow.e2e.cluster;

import org.jspecify.annotations.NullMarked;
