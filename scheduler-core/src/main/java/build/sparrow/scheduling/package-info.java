/**
 * The words that both halves of Sparrow's scheduler share: ids, platforms, phases and endings.
 *
 * <p>The scheduler is two state machines: {@code owner} is the half inside a frontend, {@code
 * executor} the half inside an executor. Both take an event, the time and a random source, and
 * return what must be done as data; neither has a clock, a thread or a logger. {@code
 * docs/design/scheduling.md} draws the states and the flow of messages.
 */
@NullMarked
package build.sparrow.scheduling;

import org.jspecify.annotations.NullMarked;
