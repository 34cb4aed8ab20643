/**
 * The wire: S3's REST protocol over HTTP.
 *
 * <p>Duty: bytes of a socket become one {@link io.kintsugi.s3.S3Operation}, one {@link io.kintsugi.s3.S3Handler}
 * answers it, and whatever goes wrong becomes one error of the {@link io.kintsugi.s3.S3Error} table.
 *
 * <p>Invariants: a request is never taken for another operation than the one it names; nothing of a body is believed
 * before its length, signature and digest are; bodies and answers are bounded in memory and time; event loops never
 * block, though they answer what needs no waiting. Keys are bytes: no path is ever normalised.
 */
package io.kintsugi.s3;
