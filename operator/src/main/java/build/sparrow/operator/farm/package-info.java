/**
 * The {@code BuildFarm}: from its spec to the objects of frontends, storage, pools, network and
 * monitoring, and from what is observed of them to its status.
 */
@NullMarked
package build.sparrow.operator.farm;

import org.jspecify.annotations.NullMarked;
