/**
 * Takes what an action made: files, directories and symlinks at the paths that its command names.
 *
 * <p>By then every process of the action is dead, but what they left is hostile: no symlink is
 * followed, nothing but regular files is opened, and sizes and counts are bounded. Each file is
 * hashed once; small ones travel to the store together, others in streams.
 */
@NullMarked
package build.sparrow.executor.output;

import org.jspecify.annotations.NullMarked;
