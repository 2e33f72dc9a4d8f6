/**
 * What every Sparrow process needs, whatever its role.
 *
 * <p>Serves gRPC and metrics, answers health checks, loads configuration and stops a process in
 * order. Knows no word of builds: a class that mentions an action, a blob or an executor belongs to
 * another module.
 */
@NullMarked
package build.sparrow.service;

import org.jspecify.annotations.NullMarked;
