/**
 * The rules for names, paths, directories and action results.
 *
 * <p>The frontend applies them before anything is scheduled or stored, and the executor applies
 * them again, since it trusts no frontend. What breaks a rule is INVALID_ARGUMENT with the place,
 * the value and the rule.
 */
@NullMarked
package build.sparrow.reapi.validation;

import org.jspecify.annotations.NullMarked;
