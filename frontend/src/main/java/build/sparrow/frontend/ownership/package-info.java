/**
 * Several frontends are one: each action belongs to one of them, which all others ask for it. So
 * equal actions run once, whichever frontend a client happens to talk to, and what one began can be
 * asked for at each. Nothing is agreed upon: who disagrees for a moment about who is there costs a
 * second run, never a wrong result.
 */
@NullMarked
package build.sparrow.frontend.ownership;

import org.jspecify.annotations.NullMarked;
