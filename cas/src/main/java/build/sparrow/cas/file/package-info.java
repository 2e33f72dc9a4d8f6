/**
 * The engines that keep a file per blob and per action result.
 *
 * <p>{@link build.sparrow.cas.file.FileBlobStore} and {@link
 * build.sparrow.cas.file.FileActionCache} add what a blob or a result is to a {@code FileTree},
 * which names files by digest, publishes them by rename, finds them again after a restart and
 * evicts them in the order that a {@code LeasedLru} keeps. The file system is the truth, the index
 * a memory of it.
 */
@NullMarked
package build.sparrow.cas.file;

import org.jspecify.annotations.NullMarked;
