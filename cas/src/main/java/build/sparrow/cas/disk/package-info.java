/**
 * What the engines need of a machine: files and their durability, the clock, and a folder for
 * themselves.
 *
 * <p>{@link build.sparrow.cas.disk.Disk} is a seam: production has the file system behind it, tests
 * a disk that fills up, loses what was not forced, or fails.
 */
@NullMarked
package build.sparrow.cas.disk;

import org.jspecify.annotations.NullMarked;
