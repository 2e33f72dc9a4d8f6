/**
 * The {@code sparrow} command.
 *
 * <p>Brings a whole farm up in one process from the same YAML that the operator takes, and asks a
 * running farm what it does and why. The only module that sees all others, so it also holds the
 * test of the module rule.
 */
@NullMarked
package build.sparrow.cli;

import org.jspecify.annotations.NullMarked;
