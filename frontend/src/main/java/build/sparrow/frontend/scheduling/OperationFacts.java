package build.sparrow.frontend.scheduling;

import build.sparrow.reapi.ActionKey;
import com.google.protobuf.Timestamp;

/**
 * What is known of an operation from its start.
 *
 * @param queued when it was admitted; after a restart of the frontend, when it was announced
 */
public record OperationFacts(ActionKey key, Timestamp queued) {}
