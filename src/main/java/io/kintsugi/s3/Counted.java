package io.kintsugi.s3;

import java.util.Map;

/**
 * What the S3 server has done so far.
 *
 * @param requests answered, by operation
 * @param unknownRequests answered that were no operation at all
 * @param bytesIn of bodies, as they came over the wire
 * @param bytesOut of bodies
 * @param inFlight requests now
 * @param connections now
 */
public record Counted(
        Map<S3Operation, ByStatus> requests,
        ByStatus unknownRequests,
        long bytesIn,
        long bytesOut,
        long inFlight,
        long connections) {
    /**
     * Numbers of answers by the class of their status.
     *
     * @param aborted that could not be sent to the end, as the client went or the reading of an object failed midway
     */
    public record ByStatus(long success, long redirection, long clientError, long serverError, long aborted) {
        public ByStatus plus(ByStatus other) {
            return new ByStatus(
                    success + other.success,
                    redirection + other.redirection,
                    clientError + other.clientError,
                    serverError + other.serverError,
                    aborted + other.aborted);
        }
    }
}
