package build.sparrow.cas;

import java.time.Duration;

/**
 * How full an engine is, and how long what it holds lasts.
 *
 * @param usedBytes disk that is taken, with all that the engine keeps beside what it holds
 * @param capacityBytes the most disk that may be taken
 * @param entries blobs or results that are held
 * @param evictedEntries went to make room, since the engine was opened
 * @param corruptEntries were not what they should be and are missing since, since it was opened
 * @param retention how long what was evicted last had not been used; zero if nothing was
 * @param isReadOnly whether nothing is written, because the disk is full or cannot be trusted
 */
public record StoreUsage(
    long usedBytes,
    long capacityBytes,
    long entries,
    long evictedEntries,
    long corruptEntries,
    Duration retention,
    boolean isReadOnly) {}
