/**
 * What every Sparrow process needs and no domain word: a gRPC server and channel with the limits
 * that a farm lives by, back-pressure for streams, sizes and endpoints as values, configuration
 * read strictly from YAML, a metrics port, and services that start in order and stop in reverse.
 * Nothing here knows what an action or a blob is.
 */
@NullMarked
package build.sparrow.service;

import org.jspecify.annotations.NullMarked;
