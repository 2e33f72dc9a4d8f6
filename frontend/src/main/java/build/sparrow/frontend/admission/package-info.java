/**
 * What is checked before an action is scheduled.
 *
 * <p>{@link build.sparrow.frontend.admission.Admission} is the door: it looks the action up in the
 * action cache, reads Action, Command and input tree, applies every rule to them, and makes sure
 * that all inputs are there. What passes is an {@link
 * build.sparrow.frontend.admission.AdmittedAction}; nothing else is ever scheduled. Subtrees that
 * passed are remembered, so that a toolchain beneath a thousand actions is looked at once.
 */
@NullMarked
package build.sparrow.frontend.admission;

import org.jspecify.annotations.NullMarked;
