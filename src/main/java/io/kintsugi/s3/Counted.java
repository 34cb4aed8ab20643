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
 * @param documents their memory
 * @param reads what reads of many parts keep in mind, likewise
 */
public record Counted(
        Map<S3Operation, ByStatus> requests,
        ByStatus unknownRequests,
        long bytesIn,
        long bytesOut,
        long inFlight,
        long connections,
        Documents documents,
        Documents reads) {
    /**
     * The memory of XML bodies, listings and answers.
     *
     * @param maxBytes the bound
     * @param bytes of it that are lent
     * @param waiting requests that wait for some
     * @param refused requests that waited in vain
     * @param cutOff clients that were too slow while others waited
     */
    public record Documents(long maxBytes, long bytes, int waiting, long refused, long cutOff) {
        Documents plus(Documents other) {
            return new Documents(
                    maxBytes + other.maxBytes,
                    bytes + other.bytes,
                    waiting + other.waiting,
                    refused + other.refused,
                    cutOff + other.cutOff);
        }
    }

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
