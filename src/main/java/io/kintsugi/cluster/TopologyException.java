package io.kintsugi.cluster;

/**
 * The drives that were named cannot be a store. The message says which and why, and what to do; it is for the operator.
 */
public final class TopologyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TopologyException(String message) {
        super(message, null, false, false);
    }
}
