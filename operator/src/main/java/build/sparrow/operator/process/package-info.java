/** The operator as a process: its configuration, health, watchdog and metrics. */
@NullMarked
package build.sparrow.operator.process;

import org.jspecify.annotations.NullMarked;
