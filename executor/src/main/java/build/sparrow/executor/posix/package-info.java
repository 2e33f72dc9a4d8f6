/**
 * The few system calls that Java does not offer, through the foreign function interface.
 *
 * <p>A child process is started by {@code posix_spawn} from the calling thread, and is watched by
 * {@code poll} and a pidfd. ProcessBuilder would cost three times as much per start, could hand the
 * child no third pipe, and could tell neither when a process namespace is empty nor signal a
 * process without the danger that its id is somebody else's by then. Linux with glibc 2.34 or later
 * only.
 */
@NullMarked
package build.sparrow.executor.posix;

import org.jspecify.annotations.NullMarked;
