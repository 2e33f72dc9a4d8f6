/**
 * What a shard's engine and its services reach: by themselves, and beside a peer that is driven by
 * the same client in the same run.
 */
@NullMarked
package build.sparrow.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
