package build.sparrow.operator.farm;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Optional;

/**
 * What is to be of a farm.
 *
 * @param objects every object that the farm owns, in the order in which they are made
 * @param disk the size that the storage's claims are to be given, if one is to grow
 */
record FarmPlan(List<HasMetadata> objects, Optional<Quantity> disk) {}
