package build.sparrow.cas.replica.client;

import build.sparrow.cas.replica.call.Placement;

/**
 * How far a storage that is to grow is.
 *
 * @param placement that it has, or is just about to have
 * @param waiting for people, what has to happen before the next step; empty if there is no next
 *     one, or if one was just taken
 */
public record GrowthReport(Placement placement, String waiting) {}
