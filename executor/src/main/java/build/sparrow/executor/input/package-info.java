/**
 * Brings the input tree of an action to disk.
 *
 * <p>Directory messages are read once and kept in memory; files are read once and kept in a cache
 * on disk, one inode per content and executable bit, and are hard-linked into the directories of
 * actions. Since an action may write through a link, every input is compared after the action with
 * what the cache knows of it, and what was written to leaves the cache.
 */
@NullMarked
package build.sparrow.executor.input;

import org.jspecify.annotations.NullMarked;
