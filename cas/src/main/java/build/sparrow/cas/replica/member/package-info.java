/**
 * What a shard does as one of several, beside serving its blobs and results.
 *
 * <p>{@link build.sparrow.cas.replica.member.ShardMember} is the door. A shard keeps on its disk
 * what it owes others ({@code ItemLog}) and brings it to them when they answer ({@code Debts}). A
 * shard that does not know whether its disk holds all that it acknowledged ({@code Standing}) has
 * every other one name what they hold, and fetches what it lacks ({@code CatchUp}); until then its
 * word that something is missing does not count. Which shards there are ({@code Members}) it hears
 * from the others and from those who ask it; calls by any other placement it refuses ({@code
 * PlacementFence}).
 */
@NullMarked
package build.sparrow.cas.replica.member;

import org.jspecify.annotations.NullMarked;
